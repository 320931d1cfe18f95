// What could be meant by the beginning of a command: `{ label, help, fills }`, at most nine.

const most = 9

/** `fills` null: only a hint at what comes next. */
export function complete(text, setting, state) {
  if (!text.startsWith('/')) return []
  const typed = text.slice(1).toLowerCase()
  const commands = setting.commands
    .filter((command) => [command.name, ...command.aliases].some((name) => name.startsWith(typed)))
    .map((command) => ({
      label: `/${command.name}${command.args.map(argText).join('')}`,
      help: command.summary,
      fills: `/${command.name}${command.args.length > 0 ? ' ' : ''}`,
    }))
  const named = longestNamed(typed, setting.commands)
  const values = named === null ? [] : completeArgument(text, named, setting, state)
  return [...commands, ...values].slice(0, most)
}

/** The command whose words stand there in full, with a space behind them. */
function longestNamed(typed, commands) {
  const names = commands.flatMap((command) => [command.name, ...command.aliases].map((name) => ({ name, command })))
  return (
    names.filter(({ name }) => typed.startsWith(`${name} `)).sort((a, b) => b.name.length - a.name.length)[0] ?? null
  )
}

function completeArgument(text, { name, command }, setting, state) {
  const words = text.slice(name.length + 2).split(' ')
  const beginning = words.at(-1).toLowerCase()
  const before = text.slice(0, text.length - words.at(-1).length)
  const place = words.length - 1
  // The incident is known from the room, so what is typed first may as well be the argument after it.
  const possible = [command.args[place], command.args[0]?.kind === 'incident' ? command.args[place + 1] : undefined]
  const args = possible.filter(Boolean)
  const values = args.flatMap((arg) => valuesOf(arg, setting, state).map((value) => ({ ...value, arg })))
  const fitting = values.filter(
    ({ value, help }) =>
      value.toLowerCase().startsWith(beginning) || (beginning && help.toLowerCase().startsWith(beginning)),
  )
  const offers = fitting.filter(({ value }) => value.toLowerCase() !== beginning).slice(0, most)
  if (offers.length > 0) return offers.map(({ value, help }) => ({ label: value, help, fills: `${before}${value} ` }))
  if (args.length === 0 || beginning !== '') return []
  return [
    { label: `/${command.name}${command.args.map(argText).join('')}`, help: `e.g. ${command.example}`, fills: null },
  ]
}

function valuesOf(arg, setting, state) {
  switch (arg.kind) {
    case 'person':
      return setting.people.map(({ key, name }) => ({ value: key, help: name }))
    case 'severity':
      return ['P1', 'P2', 'P3', 'P4'].map((value) => ({ value, help: '' }))
    case 'schedule':
      return setting.schedules.map((value) => ({ value, help: arg.help }))
    case 'incident':
      return state.incidents
        .filter((incident) => incident.status !== 'resolved')
        .map(({ number, title }) => ({ value: String(number), help: title }))
    default:
      return []
  }
}

function argText({ name, kind, required, flag }) {
  if (flag) return kind === 'switch' ? ` [--${name}]` : ` [--${name} …]`
  return required ? ` <${name}>` : ` [${name}]`
}
