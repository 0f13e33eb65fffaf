import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { ConsentDecision, ConsentQuestion } from '../api/consent-types.js';
import { call } from '../api/http.js';
import { Problem } from '../api/problem.js';
import { useSignedIn } from '../api/signed-in.js';
import { FrontPage } from '../auth/front-page.js';
import { SignInForm } from '../auth/sign-in-form.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { ConsentForm } from './consent-form.js';
import { afterwards, mayContinue } from './consent-words.js';

/** Next to the protocol's own endpoints, where the cookie of this browser goes along. */
const BASE = '/oauth/interaction';

const isStatus = (error: unknown, status: number) => error instanceof Problem && error.status === status;

/** Where a client's request for access leads: a person sees what is asked, and decides. */
export function ConsentPage() {
  const { uid } = useParams({ from: '/consent/$uid' });
  const signedIn = useSignedIn(({ state }) => state);
  const [organization, setOrganization] = useState<string>();
  const question = useQuery({
    queryKey: ['consent', uid, signedIn, organization],
    queryFn: ({ signal }) => {
      const query = organization === undefined ? '' : `?organization_id=${encodeURIComponent(organization)}`;
      return call<ConsentQuestion>('GET', `/${encodeURIComponent(uid)}/request${query}`, { base: BASE, signal });
    },
    placeholderData: (before) => before,
    retry: (count, error) => !(error instanceof Problem) && count < 2,
    gcTime: 0,
  });
  const deciding = useMutation({
    mutationFn: (body: ConsentDecision) =>
      call<{ redirect_to: string }>('POST', `/${encodeURIComponent(uid)}/decision`, { base: BASE, body }),
    onSuccess: ({ redirect_to }) => location.replace(redirect_to),
  });
  const { data } = question;
  const goesOn = data !== undefined && organization === undefined && mayContinue(data);
  const { mutate, isIdle } = deciding;
  useEffect(() => {
    if (goesOn && isIdle) mutate({ decision: 'continue', organization_id: data.organization_id });
  }, [goesOn, isIdle, mutate, data]);

  if (isStatus(question.error, 401)) {
    return (
      <FrontPage tall title="Sign in to decide">
        <p>A program asks for access to your servers. First sign in, then see what it asks for.</p>
        <SignInForm onDone={() => void question.refetch()} />
      </FrontPage>
    );
  }
  const isOver = isStatus(question.error, 404) || isStatus(deciding.error, 404);
  return (
    <FrontPage tall title={isOver ? 'Nothing to decide' : deciding.isSuccess ? 'Decided' : 'Let this client in?'}>
      {question.isPending && <Loading what="what is asked" lines={12} />}
      {isOver && <Over />}
      {question.isError && !isOver && <ErrorNote error={question.error} onRetry={() => void question.refetch()} />}
      {goesOn && !deciding.isError && <Loading what="the program: you allowed this before" lines={2} />}
      {data !== undefined && deciding.isSuccess && !goesOn && (
        <p role="status" data-testid="consent-decided">
          {afterwards(deciding.variables.decision, data)}
        </p>
      )}
      {data !== undefined && !question.isError && !isOver && !deciding.isSuccess && (!goesOn || deciding.isError) && (
        <ConsentForm
          question={data}
          organization={organization ?? data.organization_id}
          busy={deciding.isPending}
          stale={question.isPlaceholderData}
          onOrganization={setOrganization}
          onDecide={(decision) => mutate({ decision, organization_id: data.organization_id })}
        />
      )}
      {deciding.isError && !isOver && <ErrorNote error={deciding.error} />}
    </FrontPage>
  );
}

function Over() {
  return (
    <div className="note" role="alert" data-testid="consent-over">
      <p>
        <strong>This request is over, or began in another browser.</strong> Nothing was given to anybody. Go back to the
        program that asks, and begin again there.
      </p>
    </div>
  );
}
