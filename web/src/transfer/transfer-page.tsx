import { useMutation } from '@tanstack/react-query';
import { saveFile } from '../api/http.js';
import { useMay } from '../api/identity-queries.js';
import { SettingsPage } from '../settings/settings-page.js';
import { ErrorNote } from '../ui/feedback.js';
import { ImportFile } from './import-file.js';

/** Servers out of here as a signed file, and into here with a look before. */
export function TransferPage() {
  const mayImport = useMay('servers.import');
  const exporting = useMutation({ mutationFn: () => saveFile('/export/servers', 'servers.json', '/api') });
  return (
    <SettingsPage path="transfer">
      <section aria-labelledby="export">
        <h2 id="export">Export</h2>
        <p className="dim">
          All servers with their settings, policies and definitions of tools, signed by this instance. No secret and no
          credential is in it: they are entered again where it is imported.
        </p>
        <div className="row">
          <button type="button" className="button" disabled={exporting.isPending} onClick={() => exporting.mutate()}>
            Save the file
          </button>
        </div>
        {exporting.isError && <ErrorNote error={exporting.error} />}
      </section>
      {mayImport && (
        <section className="section" aria-labelledby="import">
          <h2 id="import">Import</h2>
          <ImportFile />
        </section>
      )}
    </SettingsPage>
  );
}
