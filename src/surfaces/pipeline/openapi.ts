import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { Surface, SurfaceDocument } from './surface.js';

export type DocumentedSurface = Surface & { document: SurfaceDocument };
export type ModuleClass = abstract new (...dependencies: never[]) => unknown;
type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;

/** The OpenAPI 3.1 document of one surface, made from the schemas of its controllers. */
export function describeSurface(
  app: NestFastifyApplication,
  surface: DocumentedSurface,
  version: string,
  modules: ModuleClass[],
): OpenAPIObject {
  const { title, description, schemes, needs } = surface.document;
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(title)
    .setVersion(version)
    .setDescription(description);
  for (const [name, scheme] of Object.entries(schemes)) builder.addSecurity(name, { ...scheme });
  const document = SwaggerModule.createDocument(app, builder.build(), { include: modules });
  for (const operation of Object.values(document.paths).flatMap(operationsOf)) {
    nameErrorMediaType(operation, surface.errorMediaType);
    letBodyOut(operation);
    // A controller says that it takes a credential, its surface which ones those are.
    if (operation.security?.length) operation.security = needs.map((names) => withoutScopes(names));
  }
  return document;
}

/** Serves it: a page at `/docs/<surface>`, all of it from this origin, and `/docs/<surface>.json`. */
export function setupOpenApi(
  app: NestFastifyApplication,
  surface: DocumentedSurface,
  version: string,
  modules: ModuleClass[],
): void {
  const path = `docs/${surface.name}`;
  SwaggerModule.setup(path, app, () => describeSurface(app, surface, version, modules), {
    jsonDocumentUrl: `${path}.json`,
    raw: ['json'],
    customSiteTitle: surface.document.title,
  });
}

const withoutScopes = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, []]));

const operationsOf = ({ get, put, post, patch, delete: remove }: PathItem): Operation[] =>
  [get, put, post, patch, remove].filter((operation) => operation !== undefined);

/** The generator says `application/json` of every answer. */
function nameErrorMediaType({ responses }: Operation, mediaType: string): void {
  for (const [status, response] of Object.entries(responses)) {
    if (Number(status) < 400 || !response || !('content' in response) || !response.content) continue;
    const { 'application/json': json, ...others } = response.content;
    if (json) response.content = { ...others, [mediaType]: json };
  }
}

/** The generator says of every body that it is needed; one with a default may be left out. */
function letBodyOut({ requestBody }: Operation): void {
  if (!requestBody || !('content' in requestBody)) return;
  const schemas = Object.values(requestBody.content).map(({ schema }) => schema);
  if (schemas.some((schema) => schema && 'default' in schema)) requestBody.required = false;
}
