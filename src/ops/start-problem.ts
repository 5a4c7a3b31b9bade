/** Why the hub cannot start, in one sentence that names the place, the value and the way out. Exit code 2, no stack. */
export class StartProblem extends Error {}
