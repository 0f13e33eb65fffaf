import { useQuery } from '@tanstack/react-query';
import { definitionQuery } from '../api/tool-versions.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { visibleJson } from '../ui/visible.js';
import { SideBySide } from './side-by-side.js';

interface CompareTextProps {
  serverId: string;
  tool: string;
  /** The pin of the earlier one. */
  from: string;
  /** The definition of now. */
  definition: unknown;
}

/** An earlier definition beside the one of now, asked for when it is looked at. */
export function CompareText({ serverId, tool, from, definition }: CompareTextProps) {
  const query = useQuery(definitionQuery(serverId, tool, from));
  if (query.isPending) return <Loading what="the earlier definition" />;
  if (query.isError) return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />;
  return <SideBySide before={visibleJson(query.data)} after={visibleJson(definition)} />;
}
