// What an alert is called, and what it is about, when its sender filled in little.
import { expect, test } from 'vitest'
import { alertTitle, serviceName } from '../../src/core/alert.ts'

test.each([
  [{ alertname: 'Down' }, { summary: ' ', title: '\n', message: 'Nobody can pay ' }, 'Nobody can pay'],
  [{ alertname: 'Down' }, { summary: '   ' }, 'Down'],
  [{ alertname: ' ' }, {}, 'Alert'],
])('a title made of spaces is none: %j %j', (labels, annotations, title) => {
  expect(alertTitle({ labels, annotations })).toBe(title)
})

test('a service made of spaces is none', () => {
  expect(serviceName({ service: ' ', job: 'api' })).toBe('api')
  expect(serviceName({ service: '' })).toBe('unknown')
  expect(serviceName({ 'service.name': 'checkout', job: 'shop/checkout' })).toBe('shop/checkout')
  expect(serviceName({ 'service.name': 'checkout', 'http.route': '/pay' })).toBe('checkout')
})
