/** The line that is being written. Pieces are joined once, so that many small ones stay linear. */
export class LineBuffer {
  private pieces: string[] = [];
  private blankEnd = true;
  private inked = false;

  /** Where a link's text begins. */
  get size(): number {
    return this.pieces.length;
  }

  get hasInk(): boolean {
    return this.inked;
  }

  /** Adds text; blanks at the begin of the line and double blanks between pieces are left out. */
  add(text: string): void {
    const piece = this.blankEnd ? text.trimStart() : text;
    if (piece === '') return;
    this.addExactly(piece);
  }

  addExactly(piece: string): void {
    if (piece === '') return;
    this.pieces.push(piece);
    this.blankEnd = piece.endsWith(' ');
    this.inked ||= piece.trim() !== '';
  }

  addBlank(): void {
    if (!this.blankEnd) this.addExactly(' ');
  }

  since(size: number): string {
    return this.pieces.slice(size).join('').trim();
  }

  /** Gives the line and begins the next one. */
  take(): string {
    const line = this.pieces.join('').trimEnd();
    this.pieces = [];
    this.blankEnd = true;
    this.inked = false;
    return line;
  }
}
