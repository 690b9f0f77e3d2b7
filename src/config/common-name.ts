/** The maximum length of a commonName: X.520's upper bound, which cert-manager's webhook enforces in bytes. */
export const maxCommonNameBytes = 64;
