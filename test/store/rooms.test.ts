// What is written down of rooms that open together.
import { expect, it, onTestFinished } from 'vitest'
import { type OpenedRoom, rememberRooms } from '../../src/store/rooms.ts'
import { freshDatabase } from '../database.ts'

const at = new Date('2026-03-02T03:00:00.123Z')

function opened(incident: number, channel: string): OpenedRoom {
  const room = { channel, name: `inc-${incident}`, url: null }
  const fact = { kind: 'room_opened', platform: 'slack', room: room.name }
  return { incident, platform: 'slack', room, own: true, told: { at, fact, text: `${channel} was opened` } }
}

it('rooms: several are remembered together; one that is known already stays, and is not told again', async () => {
  const { db, drop } = await freshDatabase()
  onTestFinished(drop)
  // Their incidents say nothing here.
  const remember = (rooms: OpenedRoom[]) =>
    db.tx(async (q) => {
      await q.query('set local session_replication_role = replica')
      return rememberRooms(q, rooms)
    })
  await remember([opened(2, 'C02')])
  const rooms = await remember([opened(3, 'C03'), opened(2, 'C99'), opened(1, 'C01')])
  expect(rooms.map(({ channel, own, topic }) => ({ channel, own, topic }))).toEqual(
    ['C03', 'C02', 'C01'].map((channel) => ({ channel, own: true, topic: null })),
  )
  const { rows } = await db.query('select incident, at, kind, text, fact from timeline order by incident')
  expect(rows).toEqual(
    [1, 2, 3].map((incident) => {
      const { told } = opened(incident, `C0${incident}`)
      return { incident, at, kind: 'room_opened', text: told.text, fact: told.fact }
    }),
  )
})
