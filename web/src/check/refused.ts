// Why a receipt is not believed. Each reason has its words in the locale files (`check-no-…`).

export type Reason =
  | "empty" // nothing was given
  | "receipt" // another kind of file
  | "cut" // its end is missing
  | "line" // a line that cannot be read
  | "signed" // the signature does not belong to this text
  | "key" // none of the keys has signed
  | "proof" // the proof does not lead from the entry to the root
  | "told" // it does not say what was recorded
  | "text" // the text is not the one that was recorded
  | "key-form" // a key that cannot be read
  | "key-kind"; // a key of a kind that is not known here

export class Refused extends Error {
  /** `line` is where, counted from 1. */
  constructor(
    readonly reason: Reason,
    readonly line?: number,
  ) {
    super(reason);
  }
}
