import * as fc from "fast-check";

/**
 * The random decisions of a layout, read one after another from a list of bytes; at its end, reading starts over. A zero
 * byte, and an empty list, always select the plainest option, so a failing case shrinks towards conventional YAML.
 */
export class Choices {
  readonly #bytes: readonly number[];
  #next = 0;

  constructor(bytes: readonly number[]) {
    this.#bytes = bytes;
  }

  /** Returns one of the options. The first one must be the plainest. */
  of<T>(...options: readonly [T, ...T[]]): T {
    return options[this.#byte() % options.length] as T;
  }

  /** Returns true with a probability of `percent` (0 to 100). */
  chance(percent: number): boolean {
    return this.#byte() * 100 >= (100 - percent) * 256;
  }

  /** Returns an integer from 0 to `maximum`, inclusive. */
  upTo(maximum: number): number {
    return this.#byte() % (maximum + 1);
  }

  #byte(): number {
    const length = this.#bytes.length;
    return length === 0 ? 0 : (this.#bytes[this.#next++ % length] as number);
  }
}

/** The bytes from which `Choices` reads a layout's decisions. */
export const layoutBytes: fc.Arbitrary<number[]> = fc.array(fc.nat(255), { maxLength: 150, size: "max" });
