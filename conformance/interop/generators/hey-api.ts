import * as fake from "./fake.js";
import { createClient } from "./out/auth/client/index.js";
import { continueDeviceAuthentication, createDeviceAuthentication } from "./out/auth/index.js";

const { environmentID } = fake;
const client = createClient({ baseUrl: fake.authURL, auth: await fake.token() });

async function start(id: string) {
  const { data, error } = await createDeviceAuthentication({ client, path: { environmentID }, body: { user: { id } } });
  if (!data) throw new Error(JSON.stringify(error));
  return data;
}

const { id } = await start(fake.emailUser);
const { data, error } = await continueDeviceAuthentication({
  client,
  path: { environmentID, deviceAuthenticationID: id },
  // The default Content-Type and the type of the body are those of the first media type, device.select.
  headers: { "Content-Type": "application/vnd.pingidentity.otp.check+json" },
  body: { otp: await fake.passcode(id) } as never,
});
if (!data) throw new Error(JSON.stringify(error));
fake.print(data, await start(fake.unknownTypeUser), await start(fake.unknownStatusUser));
