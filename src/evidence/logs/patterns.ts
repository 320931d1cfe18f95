// What two log lines have in common: the line with everything taken out that is different each time.

/** Stands for whatever differs. */
export const hole = '<…>'

/** Characters of a line that count: what two lines have in common is at their beginning. */
const longest = 1_000

/** In this order: what contains numbers comes before the numbers. */
const differing: RegExp[] = [
  // Instants: ISO 8601, as access logs write them, as syslog does.
  /\b\d{4}[-/]\d{2}[-/]\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?)?/gi,
  /\b\d{1,2}\/(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\/\d{4}(?::\d{2}:\d{2}:\d{2}(?: [+-]\d{4})?)?/gi,
  /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) {1,2}\d{1,2} \d{2}:\d{2}:\d{2}/gi,
  /\b\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?/g,
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi,
  /\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g,
  // Addresses of machines, with their ports.
  /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?(?:\/\d{1,2})?/g,
  /(?<![\w:])(?=[0-9a-f]*:[0-9a-f]*:)[0-9a-f:]*[0-9a-f](?![\w:])/gi,
  /\b0x[0-9a-f]+\b/gi,
  // Whatever is quoted: names of tables are lost with it, but so are those of customers.
  /"[^"\n]*"|“[^”\n]*”|`[^`\n]*`/g,
  /(?<![\p{L}\p{N}])'[^'\n]*'(?![\p{L}\p{N}])/gu,
  // Names of pods and containers end in what a machine made up.
  /-[0-9a-f]{8,10}-[a-z0-9]{5}\b/g,
  // Words with digits in them that no person made up: ids, digests, tokens.
  /(?<![\p{L}\p{N}_])(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{12,}(?![\p{L}\p{N}_])/giu,
  /(?<![\p{L}\p{N}_])(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}(?![\p{L}\p{N}_])/giu,
  /[-+]?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?(?:\s?(?:ns|[uµ]s|ms|s|m|h|d|[kKMGT]i?B|B|%)(?![\p{L}\p{N}]))?/gu,
]

const holes = /(?:<…>[\s,;:/.x-]{0,2})*<…>/g

/** The pattern of a line; lines of one pattern have the same. The pattern of a pattern is itself. */
export function patternOf(line: string): string {
  let pattern = line.slice(0, longest)
  // What is taken out may bring together what then differs as well.
  for (let round = 0; round < 10; round++) {
    const before = pattern
    for (const one of differing) pattern = pattern.replace(one, hole)
    pattern = pattern.replace(holes, hole).replace(/\s+/g, ' ').trim()
    if (pattern === before) break
  }
  return pattern
}
