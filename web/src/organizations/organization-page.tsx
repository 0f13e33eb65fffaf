import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/http.js';
import { accountQuery, organizationQuery, useMay } from '../api/identity-queries.js';
import type { Organization } from '../api/identity-types.js';
import { queryClient } from '../api/queries.js';
import { SettingsPage } from '../settings/settings-page.js';
import { type Fact, Facts } from '../ui/facts.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { fieldsOf, isToldAt, TextField } from '../ui/field.js';
import { LeaveOrTransfer } from './leave-or-transfer.js';
import { MyOrganizations } from './my-organizations.js';
import { QuotaLine } from './quota-line.js';

export function OrganizationPage() {
  const organization = useQuery(organizationQuery);
  return (
    <SettingsPage path="organization">
      {organization.isPending && <Loading what="the organization" lines={5} />}
      {organization.isError && <ErrorNote error={organization.error} onRetry={() => void organization.refetch()} />}
      {organization.data && <Detail organization={organization.data} />}
      <MyOrganizations />
      {organization.data && <LeaveOrTransfer organization={organization.data} />}
    </SettingsPage>
  );
}

function Detail({ organization }: { organization: Organization }) {
  const { name, role, created_at, plan, usage, id } = organization;
  const mayChange = useMay('organization.change');
  const facts: Fact[] = [
    ['Name', name],
    ['Your role', role],
    ['Since', created_at.slice(0, 10)],
    ['Organization id', id],
  ];
  return (
    <>
      <Facts facts={facts} />
      {mayChange && <Rename key={name} name={name} />}
      <section className="section" aria-labelledby="plan">
        <div className="section-head">
          <h2 id="plan">Plan: {plan.name}</h2>
        </div>
        {plan.features.length > 0 && <p>{plan.features.join(' · ')}</p>}
        <QuotaLine
          name="People"
          used={usage.users}
          limit={plan.limits.users}
          note={usage.invitations > 0 ? `and ${usage.invitations} invited` : ''}
        />
        <QuotaLine name="Servers" used={usage.services} limit={plan.limits.services} />
        <QuotaLine
          name="Requests of programs today (UTC)"
          used={usage.requests_today}
          limit={plan.limits.requests_per_day}
        />
      </section>
    </>
  );
}

function Rename({ name }: { name: string }) {
  const [draft, setDraft] = useState(name);
  const renaming = useMutation({
    mutationFn: () => call('PATCH', '/organization', { body: { name: draft.trim() } }),
    onSuccess: async () => {
      void queryClient.invalidateQueries({ queryKey: ['organizations'] });
      await queryClient.invalidateQueries({ queryKey: organizationQuery.queryKey });
      await queryClient.invalidateQueries({ queryKey: accountQuery.queryKey });
    },
  });
  return (
    <form
      className="inline-form"
      onSubmit={(event) => {
        event.preventDefault();
        renaming.mutate();
      }}
    >
      <TextField
        label="Rename it"
        name="organization"
        required
        maxLength={100}
        autoComplete="off"
        value={draft}
        onChange={setDraft}
        error={fieldsOf(renaming.error).name}
      />
      <button
        type="submit"
        className="button"
        disabled={renaming.isPending || draft.trim() === '' || draft.trim() === name}
      >
        Rename
      </button>
      {renaming.isError && !isToldAt(renaming.error, ['name']) && <ErrorNote error={renaming.error} />}
    </form>
  );
}
