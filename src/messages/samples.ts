// Data to try the message templates with: every builder is run over incidents that show every face, and what it hands to
// its template is kept. The samples can therefore never differ from what the templates are given in earnest.
import type { Incident, Refusal } from '../core/incident.ts'
import type { Page } from '../core/page.ts'
import type { Fact } from '../core/timeline.ts'
import type { IncidentView } from '../store/views.ts'
import type { Rendered, Samples } from '../templates.ts'
import { annotationText } from './annotation.ts'
import { announcementMessage } from './announcement.ts'
import { cardMessage } from './card.ts'
import { runChangeBuilders } from './change-samples.ts'
import { chartMessage } from './chart.ts'
import { runChartBuilders } from './chart-samples.ts'
import { runChecklistBuilders } from './checklist-samples.ts'
import { askedMessage, evidenceMessage } from './evidence.ts'
import { runLookBackBuilders } from './look-back-samples.ts'
import { footerOf } from './mail-footer.ts'
import { runNightBuilders } from './night-samples.ts'
import { runOnCallBuilders } from './oncall-samples.ts'
import { pageMessage } from './page.ts'
import { runPagerBuilders } from './pager-samples.ts'
import { runReachBuilders } from './reach-samples.ts'
import { listMessage, refusalMessage, timelineMessage } from './replies.ts'
import { topicText } from './room.ts'
import { replaceMessage, runbookMessage } from './runbook.ts'
import { entryMessage } from './said.ts'
import { sampleFacts, sampleNow, samplePages, sampleViews } from './sample-incidents.ts'
import { whyMessage } from './why.ts'
import type { Words } from './words.ts'

/** What every message template may be rendered with, by template name. */
export function messageSamples(): Samples {
  const samples: Samples = {}
  const words = recordingWords((name, data) => {
    samples[name] ??= []
    samples[name].push(data)
  })
  const views = sampleViews()
  for (const view of views) runBuilders(words, view)
  runLookBackBuilders(words, views)
  runChangeBuilders(words)
  runChartBuilders(words)
  runChecklistBuilders(words)
  runNightBuilders(words)
  runReachBuilders(words)
  footerOf(words, null)
  runPagerBuilders(words, views)
  const incidents = views.map((view) => view.incident)
  listMessage(words, [], sampleNow)
  listMessage(words, [...incidents, ...Array<Incident>(20).fill(incidents[0] as Incident)], sampleNow)
  runOnCallBuilders(words)
  return samples
}

function runBuilders(words: Words, view: IncidentView): void {
  cardMessage(words, view, sampleNow)
  announcementMessage(words, view, sampleNow)
  annotationText(words, view, sampleNow)
  topicText(words, view)
  footerOf(words, view)
  runbookMessage(words, view)
  const behind = view.runbook.filter(({ status }) => status !== 'open')
  runbookMessage(words, { ...view, runbook: [...Array(20).fill(behind).flat(), ...view.runbook] })
  for (const touched of [1, 2])
    replaceMessage(words, {
      incident: { number: 12, openedAt: sampleNow },
      touched,
      title: 'Disk full',
      name: 'disk-full',
    })
  timelineMessage(words, view, view.timeline, sampleNow)
  timelineMessage(words, view, [...view.timeline, ...view.timeline], sampleNow)
  evidenceMessage(words, view)
  evidenceMessage(words, { ...view, timeline: [] })
  askedMessage(words, view, ['Logs (Loki)', 'Traces'], sampleNow, 'slack')
  for (const chart of view.charts) chartMessage(words, view, chart, new Uint8Array())
  for (const page of samplePages satisfies Page[]) pageMessage(words, view, page, sampleNow)
  for (const page of view.pages) whyMessage(words, { ...view, pages: [page] }, null, sampleNow)
  for (const refused of refusals)
    for (const asker of ['ada', 'grace']) refusalMessage(words, { refused, by: 'ada' }, view, asker)
  for (const fact of sampleFacts satisfies Fact[]) {
    for (const by of ['ada', null]) entryMessage(words, view, { id: 1, at: sampleNow, by, fact, text: '' }, sampleNow)
  }
}

const refusals = [
  'already acknowledged',
  'already resolved',
  'not resolved',
  'already there',
  'moved on',
] as const satisfies Refusal['refused'][]

/** Words that say nothing, and tell what they were asked to say. */
function recordingWords(record: (name: string, data: object) => void): Words {
  const people = { ada: { key: 'ada', name: 'Ada Lovelace', email: null, accounts: {}, reach: null, quiet: null } }
  const rendered: Rendered = { title: '', fields: [], text: '' }
  return {
    config: {
      team: 'Sample',
      zone: 'Europe/Berlin',
      people,
      groups: {},
      schedules: {},
      server: { host: '', port: 0, publicUrl: 'http://127.0.0.1' },
      digest: { name: '', cron: '', zone: 'UTC', channel: null, platforms: [], services: [], email: [] },
    },
    templates: {
      message: (name, data) => {
        record(name, data)
        return rendered
      },
      document: (name, data) => {
        record(name, data)
        return ''
      },
    },
  }
}
