// /oncall simulate: tonight's pages before they happen, told to the one who asks. Nobody is called.
import { type Command, privately } from '../../src/chat/command.ts'
import { UserError } from '../../src/errors.ts'
import { readScenario } from '../../src/foresight/scenario.ts'
import { simulate as simulated } from '../../src/foresight/simulate.ts'
import { nightMessage } from '../../src/messages/night.ts'
import { overridesAt } from '../../src/store/overrides.ts'

export const simulate: Command = {
  name: 'oncall simulate',
  aliases: ['simulate'],
  summary: 'Show who would be paged when, until the last resort; nobody is called',
  args: [
    { name: 'severity', kind: 'severity', required: false, help: 'P1 to P4; P1 when left out' },
    { name: 'service', kind: 'word', required: false, help: 'the service it is about' },
    {
      name: 'at',
      kind: 'word',
      required: false,
      flag: true,
      help: 'when: 03:00 or 2027-03-28T01:30; now when left out',
    },
    { name: 'answer', kind: 'word', required: false, flag: true, help: 'who acknowledges when, e.g. ada@7m' },
    { name: 'policy', kind: 'word', required: false, flag: true, help: 'try another policy' },
    { name: 'zone', kind: 'word', required: false, flag: true, help: 'zone of the times; the team’s when left out' },
  ],
  example: '/oncall simulate P1 payments --at 03:00',
  async run({ bot, now, args }) {
    const { severity, service, at, policy, zone } = Object.fromEntries(
      Object.entries(args).map(([name, value]) => [name, String(value)]),
    )
    // What is no severity would be the service, and another night than the one that was asked for.
    const isService = service === undefined || Object.hasOwn(bot.config.services, service)
    if (severity === undefined && !isService && /^p\d+$/i.test(service))
      throw new UserError(`“${service}” is not a severity. Take one of P1, P2, P3, P4.`)
    const answers = args.answer === undefined ? [] : String(args.answer).split(',')
    const { scenario, oddity } = readScenario(bot.config, { severity, service, at, policy, zone, answers }, now)
    const night = simulated(bot, scenario, await overridesAt(bot.db, scenario.at))
    return privately(nightMessage(bot, night, oddity))
  },
}
