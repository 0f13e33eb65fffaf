import { join } from 'node:path'; import fs from 'node:fs';
import { makeFolder, startProduct } from './lib/app.mjs';
import { startHop, startLoad } from './lib/processes.mjs';
import { requestsFor } from './lib/gateway/requests.mjs';
import { arrange } from './lib/gateway/targets.mjs';
const AS={RATE_LIMIT_RPM:'1000000',RATE_LIMIT_USER_RPM:'1000000',RATE_LIMIT_KEY_RPM:'1000000',LOG_LEVEL:'info',LOG_FORMAT:'json',DEMO_SERVER:'false'};
const load=await startLoad(); const upstream=await startHop('upstreams'); const folder=await makeFolder();
const product=await startProduct(folder,{env:{...AS,NODE_OPTIONS:'--import=file:///tmp/gc.mjs'},outputTo:join(folder.path,'output'),script:process.argv[2]});
const {key,handle}=await arrange(product.origin,upstream.origin);
const T={server:product,url:`${product.origin}/mcp`,tool:`${handle}__echo`,headers:{authorization:`Bearer ${key}`}};
const R=await requestsFor(load,T,{era:process.env.ERA??'modern',method:process.env.METHOD??'tools/call',connections:Number(process.env.C??16)});
const r=await load.ask('postEach',R,{seconds:6});
const out=fs.readFileSync(join(folder.path,'output'),'utf8').split('\n').filter(l=>/Scavenge/.test(l)).slice(-15);
let n=0; const f=out.map(l=>/Scavenge ([\d.]+) .* -> ([\d.]+) /.exec(l)).map(m=>[+m[1],+m[2]]);
let freed=0,surv=0; for(let i=1;i<f.length;i++){ freed+=f[i][0]-f[i][1]; surv+=f[i][1]-f[i-1][1]; }
console.log(process.argv[3]??'', 'rate',r.perSecond.toFixed(0),'freed/scav',(freed/(f.length-1)).toFixed(1),'MB promoted/scav',(surv/(f.length-1)).toFixed(2),'MB');
await product.stop(); await upstream.stop(); await load.stop(); await folder.remove(); process.exit(0);
