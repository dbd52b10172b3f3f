// A place in a text and how to move on from it: what `parse-check.ts` and the command words read with. Patterns are sticky
// (flag y), so each is tried exactly where the reader stands. Knows no grammar.

const SPACE = /\s*/y;

export class TextReader {
  protected readonly text: string;
  protected position = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** What matches right here; the reader then stands behind it. */
  protected match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.text);
    if (match !== null) this.position += match[0].length;
    return match;
  }

  /** Whether it matches right here. */
  protected sees(pattern: RegExp): boolean {
    pattern.lastIndex = this.position;
    return pattern.test(this.text);
  }

  /** What matches behind any space. The space is passed in any case. */
  protected take(pattern: RegExp): RegExpExecArray | null {
    this.skipSpace();
    return this.match(pattern);
  }

  /** Passes one character behind any space. */
  protected takeSign(sign: string): boolean {
    this.skipSpace();
    if (this.text.charAt(this.position) !== sign) return false;
    this.position++;
    return true;
  }

  protected skipSpace(): void {
    this.match(SPACE);
  }

  /** Column of the next thing that is no space, from 1. */
  protected columnHere(): number {
    this.skipSpace();
    return this.position + 1;
  }

  protected isAtEnd(): boolean {
    this.skipSpace();
    return this.position >= this.text.length;
  }

  /** The next piece up to a space, for a sentence about it. */
  protected nextPiece(): string {
    this.skipSpace();
    return clip(this.text.slice(this.position).split(/\s/, 1)[0] as string);
  }
}

const CLIPPED_MAX = 40;
/** Short enough to stand in a sentence. */
export const clip = (text: string): string => (text.length > CLIPPED_MAX ? `${text.slice(0, CLIPPED_MAX - 1)}…` : text);
