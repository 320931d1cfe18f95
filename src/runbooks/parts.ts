// The parts a procedure is made of, by the names that teams give them.

export type Part = {
  kind: 'symptoms' | 'steps' | 'escalation' | 'other'
  /** Without "steps": `Investigation`. Null when it says nothing more. */
  name: string | null
}

const symptoms = /^(symptoms?|alerts?( names?)?|triggers?|triggered by|alerting rules?|detection|meaning)$/i
const steps =
  /^((initial|immediate|first|quick|recommended) )?(investigat(ion|e)|diagnos(is|tics?|e)|triage|assess(ment)?|resol(ution|ve)|mitigat(ion|e)|remediat(ion|e)|fix(es)?|recover(y)?|rollback|response|verif(ication|y)|troubleshooting|debugging|actions?|checks?|procedure|checklist|what to do|steps)( (steps|actions?|procedures?|checklist|checks?|plan|guide))?( to take)?$/i
const escalation = /^escalat(ion|e)( (path|procedure|policy|steps|contacts?))?$/i
const other =
  /^(impact|prevention|preventive measures|background|references?|contacts?|related( .*)?|links|overview|description|severity|owners?|dashboards?|communication|follow[- ]?ups?|post[- ]incident( .*)?|notes?|see also|metrics|summary)$/i

/** Null: not the name of a part. */
export function partOf(title: string): Part | null {
  const name = title
    .trim()
    .replace(/\s*:$/, '')
    .replace(/^\d+[.)]\s*/, '')
    .replace(/\s+/g, ' ')
    .replace(/ & | and .*$/i, '')
  if (symptoms.test(name)) return { kind: 'symptoms', name: null }
  if (escalation.test(name)) return { kind: 'escalation', name: 'Escalation' }
  if (steps.test(name)) return { kind: 'steps', name: shortName(name) }
  return other.test(name) ? { kind: 'other', name: null } : null
}

function shortName(name: string): string | null {
  const short = name.replace(/ (steps|actions?|procedures?|checklist|plan|guide)$/i, '')
  return /^(steps|procedure|actions?|checklist|what to do)$/i.test(short) ? null : short
}
