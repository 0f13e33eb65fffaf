import { ClientFeatures1763703023000 } from './core/registry/client-features.migration.js';
import { DevMails1763700110000 } from './adapters/mailer/dev-mails.migration.js';
import { ActivityOrder1763702201000 } from './core/activity/activity-order.migration.js';
import { Activity1763701002000 } from './core/activity/activity.migration.js';
import { Agent1763700008000 } from './core/agent/agent.migration.js';
import { AgentReplyEntity } from './core/agent/agent-reply.entity.js';
import { TurnEntity } from './core/agent/turn.entity.js';
import { ApprovalRequests1763702001000 } from './core/approvals/approval-requests.migration.js';
import { Approvals1763700005000 } from './core/approvals/approvals.migration.js';
import { RequestedThrough1763703400130 } from './core/approvals/requested-through.migration.js';
import { ScopedGrants1763702400000 } from './core/approvals/scoped-grants.migration.js';
import { ArtifactEntity } from './core/artifacts/artifact.entity.js';
import { Artifacts1763700004000 } from './core/artifacts/artifacts.migration.js';
import { RemovedArtifacts1763700402000 } from './core/artifacts/removed-artifacts.migration.js';
import { UnrecordedArtifacts1763700405000 } from './core/artifacts/unrecorded-artifacts.migration.js';
import { ServerFiles1763702600000 } from './core/catalogue/export.migration.js';
import { Catalogue1763702500000 } from './core/catalogue/catalogue.migration.js';
import { ToldHeldCalls1763703022000 } from './core/execution/told-held-calls.migration.js';
import { GatewaySessions1763703021000 } from './core/gateway/gateway-sessions.migration.js';
import { CallPasses1763703400010 } from './core/gateway/call-passes.migration.js';
import { ParkedCalls1763703024000 } from './core/gateway/parked-calls.migration.js';
import { HeldCalls1763702100000 } from './core/execution/held-calls.migration.js';
import { Execution1763700006000 } from './core/execution/execution.migration.js';
import { NarrowRequestPaths1763703400140 } from './core/execution/narrow-request-paths.migration.js';
import { RequestBodies1763702200000 } from './core/execution/request-bodies.migration.js';
import { RequestPaths1763703010000 } from './core/execution/request-paths.migration.js';
import { RequestsByAge1763700404000 } from './core/execution/requests-by-age.migration.js';
import { IDENTITY_ENTITIES } from './core/identity/identity.entities.js';
import { Identity1763700001000 } from './core/identity/identity.migration.js';
import { ClientGrants1763703100000 } from './core/identity/client-grants.migration.js';
import { InstanceAdministrators1763701201000 } from './core/identity/instance-administrators.migration.js';
import { KeyReach1763703300000 } from './core/identity/key-reach.migration.js';
import { Principals1763701000000 } from './core/identity/principals.migration.js';
import { Inbox1763702401000 } from './core/inbox/inbox.migration.js';
import { OAuth1763703100001 } from './core/oauth/oauth.migration.js';
import { NodeKeys1763700007100 } from './core/plans/node-keys.migration.js';
import { NodesOfTools1763702301000 } from './core/plans/nodes-of-tools.migration.js';
import { PlanTraces1763700500000 } from './core/plans/plan-traces.migration.js';
import { PlanEntity } from './core/plans/plan.entity.js';
import { Plans1763700007000 } from './core/plans/plans.migration.js';
import { Reruns1763700601000 } from './core/plans/reruns.migration.js';
import { SignInsOfCalls1763703201000 } from './core/plans/sign-ins-of-calls.migration.js';
import { TaskNodeEntity } from './core/plans/task-node.entity.js';
import { REGISTRY_ENTITIES } from './core/registry/registry.entities.js';
import { LatestListings1763702800000 } from './core/registry/latest-listings.migration.js';
import { Registry1763700002000 } from './core/registry/registry.migration.js';
import { ServerDetails1763701300000 } from './core/registry/server-details.migration.js';
import { ServerGrants1763701001000 } from './core/registry/server-grants.migration.js';
import { ToolExtras1763703020000 } from './core/registry/tool-extras.migration.js';
import { ToolGrants1763703300010 } from './core/registry/tool-grants.migration.js';
import { ToolStates1763702300000 } from './core/registry/tool-states.migration.js';
import { SessionEntity } from './core/sessions/session.entity.js';
import { EventsCascade1763700800000 } from './core/sessions/events-cascade.migration.js';
import { SessionForks1763700602000 } from './core/sessions/session-forks.migration.js';
import { SessionModel1763700201000 } from './core/sessions/session-model.migration.js';
import { Sessions1763700003000 } from './core/sessions/sessions.migration.js';
import { TrimmedLogs1763700403000 } from './core/sessions/trimmed-logs.migration.js';
import { Toolsets1763703300020 } from './core/toolsets/toolsets.migration.js';
import { UnusedClients1763703400120 } from './core/oauth/unused-clients.migration.js';
import { LargeHints1763703400110 } from './platform/hints/large-hints.migration.js';
import { UpstreamAccounts1763703200000 } from './core/upstream-accounts/upstream-accounts.migration.js';
import { Usage1763700200000 } from './core/usage/usage.migration.js';
import { WebhookDeliveries1763702700000 } from './core/webhooks/deliveries.migration.js';
import { Webhooks1763702000000 } from './core/webhooks/webhooks.migration.js';
import { Idempotency1763702101000 } from './platform/idempotency/idempotency.migration.js';
import { IdempotencyStandsFor1763703000000 } from './platform/idempotency/idempotency-stands-for.migration.js';
import { Keys1763700401000 } from './platform/crypto/keys.migration.js';
import { Jobs1763700000000 } from './platform/jobs/jobs.migration.js';

/** In the order in which they are run: a table comes after those that it refers to. */
export const MIGRATIONS = [
  Jobs1763700000000,
  Identity1763700001000,
  Registry1763700002000,
  Sessions1763700003000,
  Artifacts1763700004000,
  Approvals1763700005000,
  Execution1763700006000,
  Plans1763700007000,
  NodeKeys1763700007100,
  Agent1763700008000,
  DevMails1763700110000,
  Usage1763700200000,
  SessionModel1763700201000,
  Keys1763700401000,
  RemovedArtifacts1763700402000,
  TrimmedLogs1763700403000,
  RequestsByAge1763700404000,
  UnrecordedArtifacts1763700405000,
  PlanTraces1763700500000,
  Reruns1763700601000,
  SessionForks1763700602000,
  EventsCascade1763700800000,
  Principals1763701000000,
  ServerGrants1763701001000,
  Activity1763701002000,
  InstanceAdministrators1763701201000,
  ServerDetails1763701300000,
  Webhooks1763702000000,
  ApprovalRequests1763702001000,
  HeldCalls1763702100000,
  Idempotency1763702101000,
  RequestBodies1763702200000,
  ActivityOrder1763702201000,
  ToolStates1763702300000,
  NodesOfTools1763702301000,
  ScopedGrants1763702400000,
  Inbox1763702401000,
  Catalogue1763702500000,
  ServerFiles1763702600000,
  WebhookDeliveries1763702700000,
  LatestListings1763702800000,
  IdempotencyStandsFor1763703000000,
  RequestPaths1763703010000,
  ToolExtras1763703020000,
  GatewaySessions1763703021000,
  ToldHeldCalls1763703022000,
  ClientFeatures1763703023000,
  ParkedCalls1763703024000,
  ClientGrants1763703100000,
  OAuth1763703100001,
  UpstreamAccounts1763703200000,
  SignInsOfCalls1763703201000,
  KeyReach1763703300000,
  ToolGrants1763703300010,
  Toolsets1763703300020,
  CallPasses1763703400010,
  LargeHints1763703400110,
  UnusedClients1763703400120,
  RequestedThrough1763703400130,
  NarrowRequestPaths1763703400140,
];

export const ENTITIES = [
  ...IDENTITY_ENTITIES,
  ...REGISTRY_ENTITIES,
  SessionEntity,
  ArtifactEntity,
  PlanEntity,
  TaskNodeEntity,
  TurnEntity,
  AgentReplyEntity,
];
