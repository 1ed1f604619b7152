import createClient from "openapi-fetch";
import * as fake from "./fake.js";
import type { paths } from "./out/openapi.js";

const { environmentID } = fake;
const headers = { Authorization: `Bearer ${await fake.token()}` };
const client = createClient<paths>({ baseUrl: fake.authURL, headers });

async function start(id: string) {
  const { data, error } = await client.POST("/{environmentID}/deviceAuthentications", {
    params: { path: { environmentID } },
    body: { user: { id } },
  });
  if (!data) throw new Error(JSON.stringify(error));
  return data;
}

const { id } = await start(fake.emailUser);
const { data, error } = await client.POST("/{environmentID}/deviceAuthentications/{deviceAuthenticationID}", {
  params: { path: { environmentID, deviceAuthenticationID: id } },
  headers: { "Content-Type": "application/vnd.pingidentity.otp.check+json" },
  body: { otp: await fake.passcode(id) },
});
if (!data) throw new Error(JSON.stringify(error));
fake.print(data, await start(fake.unknownTypeUser), await start(fake.unknownStatusUser));
