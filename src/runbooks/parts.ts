// The parts a procedure is made of, by the names that teams give them.
import { cleanWords } from './title.ts'

export type Part = {
  kind: 'symptoms' | 'steps' | 'escalation' | 'other'
  /** Without "steps": `Investigation`. Null when it says nothing more. */
  name: string | null
}

const symptoms =
  /^(symptoms?|signs?|indicators?|(firing |related |relevant |associated )?alerts?( names?| rules?| details?| info(rmation)?| definitions?| descriptions?)?|what (this|it)( alert)? means|when (this|the) alert fires|triggers?( conditions?)?|triggered by|trigger(ing)? alerts?|alerting rules?|detection|meaning|conditions?|when( to use( this)?( runbook)?| this applies)?|applies to|problem( description)?|symptome|symptômes?|síntomas|sintomas|sintomi|anzeichen|auslöser|alarme?|alertas?|alertes?|allarm[ei]|症状|アラート|告警|симптомы)$/iu
const steps =
  /^((initial|immediate|first|quick|recommended|possible|common|manual|emergency|short[- ]term) )*(investigat(ion|e)|diagnos(is|tics?|e)|triage|assess(ment)?|analysis|resol(ution|ve)|mitigat(ion|e)|remediat(ion|e)|fix(es)?|solutions?|workarounds?|recover(y)?|rollback|response|verif(ication|y)|validation|troubleshoot(ing)?|debug(ging)?|actions?|checks?|procedures?|checklist|playbook|what to do|what to check|how to (fix|resolve|respond|investigate)( it| this)?|steps|fehlersuche|analyse|ursachensuche|behebung|(sofort)?maßnahmen|lösung|vorgehen|ablauf|schritte|wiederherstellung|étapes|résolution|procédure|vérifications?|diagn[oó]stico|mitigaci[oó]n|resoluci[oó]n|soluci[oó]n|pasos|procedimiento|acciones|investigaci[oó]n|recuperaci[oó]n|mitigação|resolução|solução|passos|procedimento|ações|investigação|diagnosi|mitigazione|risoluzione|soluzione|passi|procedura|azioni|ripristino|手順|対応(手順)?|調査|診断|復旧|(处理)?步骤|诊断|排查|解决|处理|恢复|шаги|диагностика|решение|действия)( (steps|actions?|procedures?|checklist|checks?|plan|guide|commands?))?( to take)?$/iu
const escalation =
  /^(eskalation|escalad[ae]|escalado|escalamiento|escalonamento|エスカレーション|升级|эскалация|escalat(ion|e|ing)( (path|procedure|policy|steps|contacts?|matrix))?|when to escalate|(if (this|that|nothing|it) (fails|does not help|helps)))$/i
const other =
  /^(impact|prevention|preventive measures|background|references?|contacts?|related( .*)?|links|(table of )?contents|history|change ?log|glossary|faq|examples?|architecture|overview|description|severity|owners?|dashboards?|communication|follow[- ]?ups?|post[- ]incident( .*)?|post[- ]?mortem|notes?|see also|metrics|summary|context|((common|likely|possible|potential|probable|known|typical|root) )*(causes?|issues)|customer impact|user impact|prerequisites|further reading|additional resources|appendix|tests?|graphs?|queries|false positives?)$/i

/** Null: not the name of a part. */
export function partOf(title: string): Part | null {
  const name = cleanWords(title)
    .replace(/\s*[:：]$/, '')
    .replace(/^(?:\d{1,2}(?:\.\d{1,2})*[.)]?\s+|\d+[.)]\s*|[A-Z][.)]\s*)/, '')
    .replace(/ & | (?:and|und) .*$/i, '')
  if (symptoms.test(name)) return { kind: 'symptoms', name: null }
  if (escalation.test(name)) return { kind: 'escalation', name: 'Escalation' }
  if (steps.test(name)) return { kind: 'steps', name: shortName(name) }
  return other.test(name) ? { kind: 'other', name: null } : null
}

function shortName(name: string): string | null {
  const short = name.replace(/ (steps|actions?|procedures?|checklist|plan|guide|commands?)$/i, '')
  return /^(steps|procedures?|actions?|checklist|playbook|what to do)$/i.test(short) ? null : short
}
