// Addresses for people to open: they lead to the place and the time, and say nothing they should not.

/** Null when it is no web page. */
export function withoutUserinfo(address: string): string | null {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return null
  const url = new URL(address)
  url.username = ''
  url.password = ''
  return url.href
}

/** A query in Grafana's Explore, over a span. `query`: as the data source keeps it, e.g. `{ expr: '…' }`. */
export function exploreUrl(
  grafana: { url: string },
  datasource: { type: 'loki' | 'tempo'; uid: string },
  query: Record<string, string>,
  { from, until }: { from: Date; until: Date },
): string {
  const panes = {
    tocsin: {
      datasource: datasource.uid,
      queries: [{ refId: 'A', datasource, ...query }],
      range: { from: String(from.getTime()), to: String(until.getTime()) },
    },
  }
  const params = new URLSearchParams({ schemaVersion: '1', panes: JSON.stringify(panes) })
  return `${grafana.url}/explore?${params.toString().replaceAll('+', '%20')}`
}

/** A search in Kibana's Discover (KQL), over a span. https://www.elastic.co/docs/explore-analyze/discover */
export function discoverUrl(
  kibana: { url: string; dataView: string | null },
  query: string,
  time: string,
  { from, until }: { from: Date; until: Date },
): string {
  const view = kibana.dataView === null ? [] : [`index:${rison(kibana.dataView)}`]
  const source = kibana.dataView === null ? [] : [`dataSource:(dataViewId:${rison(kibana.dataView)},type:dataView)`]
  const global = `(time:(from:${rison(from.toISOString())},to:${rison(until.toISOString())}))`
  const state = [...source, ...view, `query:(language:kuery,query:${rison(query)})`, `sort:!(!(${rison(time)},desc))`]
  return `${kibana.url}/app/discover#/?_g=${encodeURI(global)}&_a=${encodeURIComponent(`(${state.join(',')})`)}`
}

/** A text as Kibana writes it into its addresses. https://github.com/Nanonid/rison */
function rison(text: string): string {
  return `'${text.replace(/[!']/g, '!$&')}'`
}
