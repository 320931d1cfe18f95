// Layers of a schedule that only look as if they never counted.
import { expect, test } from 'vitest'
import { sound, told } from './team.ts'

test('a layer that others leave something of, or that nobody is in for now, is as it should be', () => {
  for (const layers of [
    '[{ people: [alan, ada] }, { people: [ada, grace], only: { days: mon-fri } }]',
    '[{ people: [alan], starts: 2031-01-01 }, { people: [ada, grace] }]',
    '[{ people: [alan], only: { days: [holidays] } }, { people: [ada, grace] }]',
  ]) {
    const yaml = sound.replace(/primary: .*/, `primary: { holidays: [2031-12-25], layers: ${layers} }`)
    expect(told(yaml).filter((one) => one.rule === 'layers-that-never-count')).toEqual([])
  }
})

test('a layer for holidays counts on no day where none is listed', () => {
  const layers = '[{ people: [ada, grace] }, { name: feasts, people: [alan], only: { days: [holidays] } }]'
  const yaml = sound.replace(/primary: .*/, `primary: { layers: ${layers} }`)
  const found = (text: string) => told(text).filter((one) => one.rule === 'layers-that-never-count')
  expect(found(yaml)).toEqual([
    expect.objectContaining({
      message: 'layer feasts of primary never counts: it is for holidays, and there are none',
    }),
  ])
  expect(found(`${yaml}business_hours: { holidays: [2031-12-25] }\n`)).toEqual([])
})
