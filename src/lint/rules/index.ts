// Every rule there is, in the order their findings of the same place are told.
import type { Rule } from '../finding.ts'
import { charts } from './charts.ts'
import { daylightSaving } from './daylight-saving.ts'
import { dependencies } from './dependencies.ts'
import { digests } from './digests.ts'
import { emptySteps } from './empty-steps.ts'
import { fixedZones } from './fixed-zones.ts'
import { gaps } from './gaps.ts'
import { hiddenLayers } from './hidden-layers.ts'
import { idlePeople } from './idle-people.ts'
import { lastResort } from './last-resort.ts'
import { lateConfirmations } from './late-confirmations.ts'
import { loneTurns } from './lone-turns.ts'
import { objectives } from './objectives.ts'
import { onePerson } from './one-person.ts'
import { repeatedPeople } from './repeated-people.ts'
import { responseClock } from './response-clock.ts'
import { runbooks } from './runbooks.ts'
import { severityRules } from './severity-rules.ts'
import { silentSeverities } from './silent-severities.ts'
import { tokens } from './tokens.ts'
import { unreachablePeople } from './unreachable-people.ts'
import { unreachableSteps } from './unreachable-steps.ts'
import { unused } from './unused.ts'

export const rules: Rule[] = [
  ...[
    emptySteps,
    unreachableSteps,
    repeatedPeople,
    loneTurns,
    gaps,
    hiddenLayers,
    onePerson,
    lateConfirmations,
    daylightSaving,
    fixedZones,
    unreachablePeople,
    idlePeople,
  ],
  ...[
    silentSeverities,
    responseClock,
    lastResort,
    unused,
    severityRules,
    runbooks,
    objectives,
    charts,
    digests,
    dependencies,
    tokens,
  ],
]
