import type pg from 'pg';
import type { HeldAnswer } from '../../core/execution/held-call.js';
import { runHeldCall } from '../../core/execution/run-held-call.job.js';
import { settleRestored } from '../../core/agent/settle-restored.job.js';
import { runTurn } from '../../core/agent/run-turn.job.js';
import { planRested } from '../../core/plans/plan-rested.job.js';
import { runNode } from '../../core/plans/run-node.job.js';
import { sendDeliveries } from '../../core/webhooks/send-deliveries.job.js';
import { doChore } from '../../platform/jobs/chore.js';
import { JOBS } from './manifest.js';

/** Where a backup is put together, beside what is in use. */
export const STAGING = 'switchyard_restore';

/** What goes on by itself is not taken up again: see `SettleRestoredHandler`. Chores plan themselves. */
const NOT_TAKEN = [runTurn.name, runNode.name, planRested.name, runHeldCall.name, sendDeliveries.name, doChore.name];

/** Sessions in which something would go on without a person. */
const GOING_ON = `
  select s.id from sessions s
  where exists (select from turns t where t.session_id = s.id and t.status in ('queued', 'running'))
    or exists (select from plan_nodes n where n.session_id = s.id
                 and n.status in ('approved', 'blocked', 'running', 'retrying'))
    or (exists (select from turns t where t.session_id = s.id and t.status = 'waiting')
        and not exists (select from plan_nodes n where n.session_id = s.id
                          and n.status in ('pending', 'outcome_unknown')))`;

const MADE_SINCE: HeldAnswer = {
  outcome: {
    status: 'lost',
    fault: {
      code: 'OUTCOME_UNKNOWN',
      message: 'This was restored from a backup that is older than the end of the call; it may have been made since.',
    },
  },
  durationMs: 0,
  asked: null,
};
const TOLD_SINCE = 'Restored from a backup: it may have been delivered since. Deliver it again if it still counts.';

/** In one transaction: what was put together takes the place of what is in use, jobs included. */
export async function swapIn(client: pg.Client, target: string): Promise<void> {
  await client.query('begin');
  try {
    await client.query(`set local search_path to ${STAGING}`);
    // A forgotten transaction of somebody else would hold it up for ever.
    await client.query(`set local lock_timeout = '30s'`);
    // Numbers of transactions mean nothing in another cluster.
    await client.query('update activity set written_by = pg_current_xact_id()');
    await endWhatWentOn(client);
    const jobs = await client.query(`select * from ${JOBS} where identifier <> all($1)`, [NOT_TAKEN]);
    const sessions = await client.query<{ id: string }>(GOING_ON);
    await client.query(`drop table ${JOBS}`);
    await moveTables(client, target);
    await client.query(`drop schema ${STAGING}`);
    await clearJobs(client);
    for (const job of jobs.rows as Record<string, unknown>[]) {
      await client.query(ADD_JOB, [
        job.identifier,
        JSON.stringify(job.payload),
        job.queue_name,
        job.run_at,
        job.max_attempts,
        job.key,
        job.priority,
        job.flags,
      ]);
    }
    for (const { id } of sessions.rows) {
      const payload = JSON.stringify({ sessionId: id });
      await client.query(ADD_JOB, [
        settleRestored.name,
        payload,
        null,
        null,
        settleRestored.attempts,
        null,
        null,
        null,
      ]);
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

const ADD_JOB = `select graphile_worker.add_job(identifier => $1, payload => $2::json, queue_name => $3,
  run_at => $4::timestamptz, max_attempts => $5::int, job_key => $6, priority => $7::int, flags => $8::text[])`;

/** Calls that were approved, and what was on its way to webhooks: both may have happened after the backup. */
async function endWhatWentOn(client: pg.Client): Promise<void> {
  await client.query(
    `update held_calls set state = 'finished', claim = null, answer = $1, finished_at = now()
     where state in ('queued', 'running')`,
    [JSON.stringify(MADE_SINCE)],
  );
  await client.query(
    `update webhook_deliveries set status = 'failed', error = $1, next_try_at = null, finished_at = now()
     where status = 'pending'`,
    [TOLD_SINCE],
  );
  // Else the first failure would count as one of all the days since.
  await client.query('update webhooks set failing_since = null where failing_since is not null');
}

/** Functions first: triggers of the tables know them by more than their names. */
async function moveTables(client: pg.Client, target: string): Promise<void> {
  const { rows: functions } = await client.query<{ signature: string }>(
    `select p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as signature
     from pg_proc p where p.pronamespace = '${STAGING}'::regnamespace`,
  );
  const { rows: tables } = await client.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = '${STAGING}'::regnamespace and relkind in ('r', 'p') and not relispartition`,
  );
  for (const { name } of tables) await client.query(`drop table if exists "${target}"."${name}" cascade`);
  for (const { signature } of functions) {
    await client.query(`drop function if exists "${target}".${signature} cascade`);
    await client.query(`alter function ${STAGING}.${signature} set schema "${target}"`);
  }
  const { rows: partitions } = await client.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = '${STAGING}'::regnamespace and relkind in ('r', 'p') and relispartition`,
  );
  for (const { name } of [...tables, ...partitions]) {
    await client.query(`alter table ${STAGING}."${name}" set schema "${target}"`);
  }
  const { rows: sequences } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = '${STAGING}'::regnamespace and relkind = 'S'`,
  );
  for (const { name } of sequences) await client.query(`alter sequence ${STAGING}."${name}" set schema "${target}"`);
}

async function clearJobs(client: pg.Client): Promise<void> {
  await client.query(
    `select graphile_worker.force_unlock_workers(array(
       select distinct locked_by from graphile_worker.jobs where locked_by is not null))`,
  );
  await client.query('select count(*) from graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))');
}
