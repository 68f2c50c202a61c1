/**
 * A strict reader of the text format 0.0.4, for tests: it takes nothing that Prometheus would refuse or that its
 * conventions forbid, and throws with the line.
 */
export interface ParsedFamily {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly samples: readonly ParsedSample[]
}

export interface ParsedSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/
const NUMBER = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|NaN|[+-]Inf)$/i

export function parsePrometheus(text: string): Map<string, ParsedFamily> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  const families = new Map<string, ParsedFamily & { samples: ParsedSample[] }>()
  const seen = new Set<string>()
  let name = ''
  let help: string | undefined
  for (const line of text.slice(0, -1).split('\n')) {
    const words = line.split(' ')
    if (line.startsWith('# HELP ')) {
      help = words.slice(3).join(' ')
      name = words[2]!
      if (!NAME.test(name) || families.has(name)) throw new Error(`not a new name: ${line}`)
    } else if (line.startsWith('# TYPE ')) {
      if (words[2] !== name || help === undefined) throw new Error(`not after its HELP: ${line}`)
      if (!['counter', 'gauge', 'histogram'].includes(words[3]!)) throw new Error(`not a type: ${line}`)
      families.set(name, { type: words[3] as ParsedFamily['type'], help, samples: [] })
      help = undefined
    } else {
      const sample = parseSample(line)
      const family = families.get(name)
      if (family === undefined || !belongs(sample.name, name, family.type)) throw new Error(`stray: ${line}`)
      const series = line.slice(0, line.lastIndexOf(' '))
      if (seen.has(series)) throw new Error(`twice: ${line}`)
      seen.add(series)
      family.samples.push(sample)
    }
  }
  for (const [family, content] of families) check(family, content)
  return families
}

function parseSample(line: string): ParsedSample {
  const [, name, inBraces, value] = SAMPLE.exec(line) ?? []
  if (name === undefined || !NUMBER.test(value!)) throw new Error(`not a sample: ${line}`)
  const labels: Record<string, string> = {}
  let rest = inBraces ?? ''
  while (rest !== '') {
    const [whole, label, text] = LABEL.exec(rest) ?? []
    if (whole === undefined || label! in labels) throw new Error(`labels: ${line}`)
    labels[label!] = text!.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
    rest = rest.slice(whole.length)
  }
  return { name, labels, value: Number(value!.replace('Inf', 'Infinity')) }
}

function belongs(sample: string, family: string, type: ParsedFamily['type']): boolean {
  if (type !== 'histogram') return sample === family
  return ['_bucket', '_sum', '_count'].some((suffix) => sample === family + suffix)
}

function check(name: string, { type, samples }: ParsedFamily): void {
  if (samples.length === 0) throw new Error(`${name}: no samples`)
  if (type === 'counter' && !name.endsWith('_total')) throw new Error(`${name}: a counter without _total`)
  if (type === 'counter' && samples.some(({ value }) => !(value >= 0))) throw new Error(`${name}: below 0`)
  if (type === 'histogram') checkHistogram(name, samples)
}

/** Buckets of a series ascend in bound and count, and the last is that of all. */
function checkHistogram(name: string, samples: readonly ParsedSample[]): void {
  let bound = Number.NEGATIVE_INFINITY
  let count = 0
  for (const sample of samples) {
    if (sample.name === `${name}_bucket`) {
      const next = Number(sample.labels.le!.replace('Inf', 'Infinity'))
      if (!(next > bound && sample.value >= count)) throw new Error(`${name}: bucket ${sample.labels.le}`)
      bound = next
      count = sample.value
    } else if (sample.name === `${name}_count`) {
      if (bound !== Number.POSITIVE_INFINITY || sample.value !== count) throw new Error(`${name}: count`)
      bound = Number.NEGATIVE_INFINITY
      count = 0
    }
  }
}
