// Every command there is: the one list that Slack's manifest, Discord's registration, the console and help are made from.
import type { Command } from '../src/chat/command.ts'
import { drawChart } from './chart/draw.ts'
import { chartHelp } from './chart/help.ts'
import { tickOff } from './checklist/done.ts'
import { listChecklists } from './checklist/list.ts'
import { untick } from './checklist/undo.ts'
import { listDigests } from './digest/list.ts'
import { previewDigest } from './digest/preview.ts'
import { ack } from './incident/ack.ts'
import { action } from './incident/action.ts'
import { actions } from './incident/actions.ts'
import { changes } from './incident/changes.ts'
import { escalate } from './incident/escalate.ts'
import { evidence } from './incident/evidence.ts'
import { help } from './incident/help.ts'
import { lead } from './incident/lead.ts'
import { list } from './incident/list.ts'
import { declare } from './incident/new.ts'
import { note } from './incident/note.ts'
import { page } from './incident/page.ts'
import { reopen } from './incident/reopen.ts'
import { resolve } from './incident/resolve.ts'
import { role } from './incident/role.ts'
import { runbook } from './incident/runbook.ts'
import { sev } from './incident/sev.ts'
import { silence } from './incident/silence.ts'
import { status } from './incident/status.ts'
import { step } from './incident/step.ts'
import { timeline } from './incident/timeline.ts'
import { unsilence } from './incident/unsilence.ts'
import { update } from './incident/update.ts'
import { verdict } from './incident/verdict.ts'
import { why } from './incident/why.ts'
import { accept } from './oncall/accept.ts'
import { calendar } from './oncall/calendar.ts'
import { cancel } from './oncall/cancel.ts'
import { cover } from './oncall/cover.ts'
import { decline } from './oncall/decline.ts'
import { gaps } from './oncall/gaps.ts'
import { have } from './oncall/have.ts'
import { override } from './oncall/override.ts'
import { overrides } from './oncall/overrides.ts'
import { reach } from './oncall/reach.ts'
import { replace } from './oncall/replace.ts'
import { requests } from './oncall/requests.ts'
import { oncall } from './oncall/show.ts'
import { simulate } from './oncall/simulate.ts'
import { swap } from './oncall/swap.ts'
import { take } from './oncall/take.ts'
import { test } from './oncall/test.ts'
import { withdraw } from './oncall/withdraw.ts'
import { checkPostmortem } from './postmortem/check.ts'
import { publish } from './postmortem/publish.ts'
import { showPostmortem } from './postmortem/show.ts'
import { slo } from './slo.ts'

export const commands: Command[] = [
  ...[
    declare,
    ack,
    escalate,
    page,
    sev,
    note,
    update,
    lead,
    role,
    status,
    runbook,
    step,
    evidence,
    timeline,
    why,
    changes,
    silence,
    unsilence,
    resolve,
    reopen,
    verdict,
    list,
    action,
    actions,
    help,
  ],
  ...[oncall, take, have, swap, cover, accept, decline, withdraw, requests, override, overrides, replace, cancel],
  ...[gaps, calendar, simulate, reach, test, showPostmortem, checkPostmortem, publish, slo, listDigests, previewDigest],
  ...[drawChart, chartHelp, listChecklists, tickOff, untick],
]
