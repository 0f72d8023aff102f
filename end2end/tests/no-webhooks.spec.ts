// A LiveKit elsewhere, in the cloud for instance, cannot reach an app on somebody's laptop: no webhook ever comes. A hand-off must
// not need one.
import { expectNoSilence, expectNotHeard } from '../fixtures/expectations';
import { complete, consult, merge } from '../fixtures/flows';
import { test } from '../fixtures/test';

test.use({ deskSettings: { webhooks: false } });

test('consult, merge, complete, and LiveKit reports none of it', async ({ desk, caller, alice, bob }) => {
  const { since, consultingSince } = await consult(desk, caller, alice, bob);
  const merged = await merge(caller, alice, bob);
  expectNotHeard(caller, ['alice', 'bob'], consultingSince, merged.clicked);
  const { done } = await complete(caller, alice, bob);
  expectNoSilence(caller, since, done);
});
