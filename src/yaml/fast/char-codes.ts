/* The code units of the characters that `readPlain` looks for. */

export const lineFeed = 0x0a;
export const space = 0x20;
export const doubleQuote = 0x22;
export const hash = 0x23;
export const quote = 0x27;
export const dash = 0x2d;
export const colon = 0x3a;
export const bracket = 0x5b;
export const backslash = 0x5c;
export const bar = 0x7c;
export const brace = 0x7b;
