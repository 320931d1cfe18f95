// The series that the rules of `tocsin slo rules` record, and how long ranges are asked of them instead of the raw samples.
import { badShare } from './indicator.ts'
import type { Slo } from './slo.ts'
import { minute, rangeText } from './slo-window.ts'

/** Amounts are recorded over this range; longer ones are summed up from them. */
export const amountRange = 5 * minute

export const badAmountSeries = `slo:bad:amount${rangeText(amountRange)}`
export const totalAmountSeries = `slo:total:amount${rangeText(amountRange)}`
/** How many times as fast as it lasts a budget burned: what alerts look at, and charts show. */
export const burnSeries = (range: number) => `slo:burn_rate:${rangeText(range)}`
export const ratioSeries = (range: number) => `slo:bad:ratio${rangeText(range)}`

/**
 * Tells one definition of an indicator from another: what was recorded of the one must not be mixed with the other. The
 * objective may change, for nothing of it is in what is recorded.
 */
export function versionOf({ indicator }: Pick<Slo, 'indicator'>): string {
  let hash = 0x811c9dc5
  for (const character of JSON.stringify(Object.entries(indicator).sort())) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  return (hash >>> 0).toString(36)
}

/** `{slo="Payments availability",slo_version="x1y2"}` */
export function recordedLabels(slo: Pick<Slo, 'name' | 'indicator'>): string {
  return `{slo=${JSON.stringify(slo.name)},slo_version=${JSON.stringify(versionOf(slo))}}`
}

/** The share of bad ones over `range` milliseconds, summed up from what was recorded; `raw` asks the samples instead. */
export function askedShare(slo: Slo, range: number, from: 'raw' | 'recorded'): string {
  return from === 'raw' ? badShare(slo.indicator, range) : recordedShare(slo, rangeText(range))
}

/** By amounts, so that a quiet night counts for what it was; a share that was written whole only knows time. */
export function recordedShare(slo: Pick<Slo, 'name' | 'indicator'>, range: string): string {
  const labels = recordedLabels(slo)
  if (slo.indicator.kind === 'share') return `avg_over_time(${ratioSeries(amountRange)}${labels}[${range}])`
  const sum = (series: string) => `sum_over_time(${series}${labels}[${range}])`
  return `${sum(badAmountSeries)} / (${sum(totalAmountSeries)} > 0)`
}

/**
 * PromQL whose answer names, by `slo` and `slo_version`, what was being recorded `ago` milliseconds ago: from then on it
 * can be relied on.
 */
export function recordedSince(ago: number): string {
  const series = `{__name__=~"${totalAmountSeries}|${ratioSeries(amountRange)}"}`
  return `group by (slo, slo_version) (${series}${ago > 0 ? ` offset ${rangeText(ago)}` : ''})`
}
