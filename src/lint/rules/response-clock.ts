// A promise to answer that runs out before anybody but the first was called. Looked at with the engine itself.
import type { Severity } from '../../core/severity.ts'
import { simulate } from '../../foresight/simulate.ts'
import { spanText } from '../../templates/times.ts'
import type { Rule, Subject } from '../finding.ts'
import { asksCalendar } from '../policies.ts'

export const responseClock: Rule = {
  name: 'nobody-new-before-the-breach',
  look(subject) {
    const { config } = subject
    const services = [null, ...Object.values(config.services).filter(({ policy }) => policy !== null)]
    return (['P1', 'P2', 'P3'] as const).flatMap((severity) => {
      const { paging } = config.severities[severity]
      // Outside business hours the wait for them is longer than any step.
      if (paging !== 'always') return []
      const found = services.flatMap((service) => breach(subject, severity, service?.name ?? 'unknown') ?? [])
      const seen = new Set<string>()
      return found.filter(({ message }) => !seen.has(message) && seen.add(message))
    })
  },
}

function breach({ config, runbooks, now }: Subject, severity: Severity, service: string) {
  const term = config.severities[severity].clocks.find(({ until }) => until === 'acknowledged')
  if (term === undefined || term.within === 'next business day') return null
  const own = service === 'unknown' ? null : (config.services[service]?.policy ?? null)
  const policy = (own === null ? undefined : config.policies[own]) ?? config.severities[severity].policy
  if (asksCalendar(config, policy)) return null
  const scenario = { ...{ severity, classified: false, service, labels: {}, title: '', at: now }, zone: config.zone }
  const night = simulate(
    { config: untold(config), runbooks, platforms: [{ name: 'console' }] },
    { ...scenario, answers: [], policy: null },
    [],
  )
  const due = now.getTime() + term.within
  const woken = (until: number) =>
    new Set(
      night.foreseen
        .filter((one) => one.at.getTime() <= until)
        .flatMap((one) => ('pages' in one ? one.pages : []))
        .map((page) => page.person),
    )
  const first = woken(now.getTime())
  // The breach itself calls the next step, unless it only tells.
  if (first.size === 0 || woken(due).size > first.size) return null
  // With nobody else to call, no clock helps.
  if (woken(Number.POSITIVE_INFINITY).size === first.size) return null
  const time = spanText(term.within)
  return {
    weight: 'warning' as const,
    path: config.policies[night.policy.name]
      ? ['policies', night.policy.name, 'steps', 0]
      : ['severities', severity, 'clocks', term.name],
    message: `a ${severity} has ${time} to be answered, and policy ${night.policy.name} calls nobody new before they are over`,
    fix: `shorten the first waits of ${night.policy.name}, or leave them out: they then share the ${time}`,
  }
}

/** The same without what a clock that runs out sets in motion: the question is who is called before that. */
function untold(config: Subject['config']): Subject['config'] {
  const told = Object.entries(config.severities).map(([severity, terms]) => {
    return [severity, { ...terms, clocks: terms.clocks.map((clock) => ({ ...clock, breach: 'tell' as const })) }]
  })
  return { ...config, severities: Object.fromEntries(told) as Subject['config']['severities'] }
}
