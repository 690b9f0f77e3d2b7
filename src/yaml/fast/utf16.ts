/**
 * The UTF-16 code units of a text, and a 0 behind them. They stand until the next call.
 *
 * V8 looks up how a string is kept for each character that is asked for; an array it just reads.
 */
export function unitsOf(text: string): Uint16Array {
  const { length } = text;
  if (units.length <= length) {
    units = new Uint16Array(2 * length);
    bytes = Buffer.from(units.buffer);
  }
  bytes.write(text, "utf16le");
  if (isBigEndian) bytes.subarray(0, 2 * length).swap16();
  units[length] = 0;
  return units;
}

let units = new Uint16Array(1 << 14);
let bytes = Buffer.from(units.buffer);
const isBigEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;
