// Buttons as Discord's rows of components: five rows of five. A button that finds no room is told as the command it stands
// for, so that whatever can be done stays doable.
import { type APIActionRowComponent, type APIButtonComponentWithCustomId, ButtonStyle, ComponentType } from 'discord.js'
import type { Button } from '../../core/message.ts'
import { fitLine } from './cut.ts'
import { components as limits } from './limits.ts'

export type Row = APIActionRowComponent<APIButtonComponentWithCustomId>

export type Layout = {
  rows: Row[]
  /** Found no room. */
  left: Button[]
  /** Their command is longer than Discord carries: somebody wrote a button that can never work. */
  tooLong: Button[]
}

/**
 * Buttons of one group stay together in a row: a row for each group while there are enough, else several groups in one.
 * `last` (what can be done about the message as a whole) is laid out below them, and has its room first.
 */
export function layOut(groups: Button[][], last: Button[]): Layout {
  const tooLong: Button[] = []
  const seen = new Set<string>()
  const [ending = [], ...parts] = [last, ...groups].map((group) => group.filter(isNew))
  const endingRows = inFives(ending)
  const room = Math.max(limits.rows - endingRows.length, 0)
  const partRows = pack(parts.flatMap(inFives), room)
  const rows = [...partRows.slice(0, room), ...endingRows.slice(0, limits.rows)]
  const left = [...partRows.slice(room), ...endingRows.slice(limits.rows)].flat()
  return { rows: rows.map(asRow), left, tooLong }

  function isNew(button: Button): boolean {
    if (button.command.length > limits.customId) tooLong.push(button)
    // Discord refuses a message in which two buttons carry the same id.
    else if (!seen.has(button.command)) return seen.add(button.command) !== undefined
    return false
  }
}

function inFives(buttons: Button[]): Button[][] {
  const rows: Button[][] = []
  for (let i = 0; i < buttons.length; i += limits.buttonsInRow) rows.push(buttons.slice(i, i + limits.buttonsInRow))
  return rows
}

function pack(groups: Button[][], room: number): Button[][] {
  if (groups.length <= room) return groups
  const rows: Button[][] = []
  for (const group of groups) {
    const row = rows.at(-1)
    if (row !== undefined && row.length + group.length <= limits.buttonsInRow) row.push(...group)
    else rows.push([...group])
  }
  return rows
}

function asRow(buttons: Button[]): Row {
  return { type: ComponentType.ActionRow, components: buttons.map(asButton) }
}

function asButton(button: Button): APIButtonComponentWithCustomId {
  const styles = { primary: ButtonStyle.Primary, danger: ButtonStyle.Danger } as const
  return {
    type: ComponentType.Button,
    style: button.style === undefined ? ButtonStyle.Secondary : styles[button.style],
    label: fitLine(button.label || button.command, limits.label).text,
    custom_id: button.command,
  }
}
