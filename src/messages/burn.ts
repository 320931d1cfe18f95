// What alerts about error budgets say: the words go into rules of Prometheus and come back as incidents.
import { type BurnPair, rangeWords } from '../core/burn.ts'
import type { Slo } from '../core/slo.ts'
import { day, usualDays, windowText } from '../core/slo-window.ts'
import { unescapeMarkdown } from '../templates/escape.ts'
import type { Rendered, Templates } from '../templates.ts'

/** The measured burn, put in by Prometheus when the alert fires. */
const value = '{{ $value | printf "%.1f" }}'

type Annotations = Record<string, string>

export function burnAnnotations(templates: Templates, slo: Slo, pair: BurnPair): Annotations {
  const gone = (usualDays(slo.window) * day) / pair.factor
  const facts = { ...sloNames(slo), kind: pair.kind, long: rangeWords(pair.long), factor: pair.factor, value, gone }
  return annotations(templates.message('slo/burn', facts), slo)
}

export function unmeasuredAnnotations(templates: Templates, slo: Slo): Annotations {
  return annotations(templates.message('slo/unmeasured', sloNames(slo)), slo)
}

function sloNames({ name, objective, window }: Slo) {
  return { name: inert(name), objective: `${objective} %`, window: windowText(window) }
}

/** Plain text: an annotation is no Markdown. */
function annotations({ title, text }: Rendered, { runbookUrl }: Slo): Annotations {
  const description = unescapeMarkdown(text).replace(/\s+/g, ' ').trim()
  return { summary: title, description, ...(runbookUrl !== null && { runbook_url: inert(runbookUrl) }) }
}

/** Two braces begin a template of Prometheus, wherever they come from. */
function inert(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}')
}
