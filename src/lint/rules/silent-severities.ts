// The severities that people are woken for, when they page nobody at any hour: then nobody is woken for anything.
import type { Rule } from '../finding.ts'

export const silentSeverities: Rule = {
  name: 'severities-that-page-nobody',
  look({ config }) {
    return (['P1', 'P2'] as const).flatMap((severity) => {
      if (config.severities[severity].paging !== 'never') return []
      const message = `a ${severity} pages nobody: its room opens, and nobody is called to it`
      const fix = 'write paging: always, or business hours'
      return [{ weight: 'warning' as const, path: ['severities', severity, 'paging'], message, fix }]
    })
  },
}
