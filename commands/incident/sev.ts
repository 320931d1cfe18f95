// /incident sev: change the severity, with its response times and its policy.
import type { Command } from '../../src/chat/command.ts'
import { parseSeverity } from '../../src/core/severity.ts'
import { doAndAnswer, incidentArg } from '../reply.ts'

export const sev: Command = {
  name: 'incident sev',
  aliases: ['incident severity'],
  summary: 'Change the severity, and with it clocks and paging',
  args: [
    incidentArg,
    { name: 'severity', kind: 'severity', required: true, help: 'P1, P2, P3 or P4' },
    { name: 'because', kind: 'text', required: false, help: 'why' },
  ],
  example: '/incident sev 12 P1 checkout is down for everybody',
  run: (context) => {
    const to = parseSeverity(String(context.args.severity)) ?? 'P2'
    return doAndAnswer(context, {
      kind: 'change severity',
      by: context.actor.id,
      to,
      because: String(context.args.because ?? ''),
    })
  },
}
