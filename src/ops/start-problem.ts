/** Why the hub cannot start, a sentence each that names the place, the value and the way out. Exit code 2, no stack. */
export class StartProblem extends Error {
  readonly mistakes: readonly string[];
  constructor(...mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.mistakes = mistakes;
  }
}
