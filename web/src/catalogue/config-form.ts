import { isRecord } from '@app/session-protocol/client';
import { fieldsOf, type Field } from '../console/schema-form.js';

/** Fields of a service's settings: what is only written is typed unseen, and where it is kept need not be typed again. */
export function configFields(schema: unknown, { kept = false }: { kept?: boolean } = {}): Field[] {
  const properties = isRecord(schema) && isRecord(schema.properties) ? schema.properties : {};
  return fieldsOf(schema).map((field) => {
    const property = properties[field.name];
    const secret = isRecord(property) && (property.writeOnly === true || property.format === 'password');
    return secret ? { ...field, input: 'password', multiline: false, required: field.required && !kept } : field;
  });
}
