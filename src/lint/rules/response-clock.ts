// A promise to answer that runs out before anybody but the first was called. Looked at with the engine itself.
import type { Severity } from '../../core/severity.ts'
import type { Foreseen } from '../../foresight/night.ts'
import { simulate } from '../../foresight/simulate.ts'
import { spanText } from '../../templates/times.ts'
import type { Rule, Subject } from '../finding.ts'
import { asksCalendar, moments } from '../policies.ts'

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

function breach(subject: Subject, severity: Severity, service: string) {
  const { config } = subject
  const term = config.severities[severity].clocks.find(({ until }) => until === 'acknowledged')
  if (term === undefined || term.within === 'next business day') return null
  const own = service === 'unknown' ? null : (config.services[service]?.policy ?? null)
  const policy = (own === null ? undefined : config.policies[own]) ?? config.severities[severity].policy
  if (asksCalendar(config, policy)) return null
  // Whoever has two schedules at once in some week is another finding: waits are too long when they are in every shift.
  let isLate = false
  for (const at of moments(subject, policy)) {
    const calls = callsAt(subject, severity, service, at, term.within)
    if (calls === 'in time') return null
    if (calls === 'late') isLate = true
  }
  if (!isLate) return null
  const time = spanText(term.within)
  return {
    weight: 'warning' as const,
    path: config.policies[policy.name]
      ? ['policies', policy.name, 'steps', 0]
      : ['severities', severity, 'clocks', term.name],
    message: `a ${severity} has ${time} to be answered, and policy ${policy.name} calls nobody new before they are over`,
    fix: `shorten the first waits of ${policy.name}, or leave them out: they then share the ${time}`,
  }
}

/** Whether somebody besides the first is called before the promise is broken; null: there is nobody, or nobody else. */
function callsAt({ config, runbooks }: Subject, severity: Severity, service: string, at: Date, within: number) {
  const scenario = { ...{ severity, classified: false, service, labels: {}, title: '', at }, zone: config.zone }
  const night = simulate(
    { config: untold(config), runbooks, platforms: [{ name: 'console' }] },
    { ...scenario, answers: [], policy: null },
    [],
  )
  const woken = (until: number) =>
    new Set(
      night.foreseen
        .filter((one) => one.at.getTime() <= until && !isHandedOn(one))
        .flatMap((one) => ('pages' in one ? one.pages : []))
        .map((page) => page.person),
    )
  const first = woken(at.getTime())
  // The breach itself calls the next step, unless it only tells.
  if (first.size > 0 && woken(at.getTime() + within).size > first.size) return 'in time' as const
  // With nobody else to call, no clock helps.
  return first.size === 0 || woken(Number.POSITIVE_INFINITY).size === first.size ? null : ('late' as const)
}

/** Who has the pager by the time that somebody wakes is nobody new: the policy called the one before for it. */
function isHandedOn(one: Foreseen): boolean {
  return one.kind === 'recorded' && one.fact.kind === 'people_paged' && one.fact.instead !== undefined
}

/** The same without what a clock that runs out sets in motion: the question is who is called before that. */
function untold(config: Subject['config']): Subject['config'] {
  const told = Object.entries(config.severities).map(([severity, terms]) => {
    return [severity, { ...terms, clocks: terms.clocks.map((clock) => ({ ...clock, breach: 'tell' as const })) }]
  })
  return { ...config, severities: Object.fromEntries(told) as Subject['config']['severities'] }
}
