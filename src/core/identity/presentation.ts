/** How a client of the gateway is shown tools: all definitions, or two tools by which it finds and calls the others. */
export const PRESENTATIONS = ['definitions', 'search'] as const;
export type Presentation = (typeof PRESENTATIONS)[number];
