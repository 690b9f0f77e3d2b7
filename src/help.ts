/** What `--help` prints: kpt shows it for `kpt fn doc`. */
export const helpText = `tracing-sidecar: gives every selected workload a tracing agent, its client certificate and its metrics scrape
`;
