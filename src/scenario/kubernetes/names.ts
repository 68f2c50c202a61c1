/** Names that Kubernetes takes: RFC 1123 labels, and the keys of a ConfigMap. */

/** A pod of an Indexed Job is called `<job>-<index>-<five letters>`, and that must be a label of 63 as well. */
const LONGEST_JOB = 63 - '-merge'.length - '-1000-abcde'.length

/** `loadgen-<scenario>`, as a label: lower case, digits and dashes, a letter or digit at both ends. */
export function jobName(scenario: string): string {
  const word = scenario
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[^a-z0-9]+/g, '-')
  return `loadgen-${word}`.slice(0, LONGEST_JOB).replaceAll(/-+$|(?<=-)-+/g, '')
}

export function isLabel(name: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)
}

/** A key stands for one file: letters, digits, `-`, `_` and `.`, at most 253 of them. */
export function configMapKey(path: string): string {
  return path.replaceAll(/[^-._a-zA-Z0-9]+/g, '_').slice(-253)
}
