// A Node.js handler with the AWS SDK v3: the same read as the boto3 handlers, bundled by esbuild.
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";

const dynamodb = new DynamoDBClient({});

export const handler = async (event) => {
  const { Item } = await dynamodb.send(
    new GetItemCommand({
      TableName: process.env.TABLE_NAME,
      Key: { PK: { S: "USER#5215a4e4-1031-7028-b2d4-7a9f5c3b1e60" }, SK: { S: "PROFILE" } },
      ConsistentRead: true,
    }),
  );
  const claims = { claimsToAddOrOverride: { tenant_id: Item.tenant_id.S } };
  event.response = { claimsAndScopeOverrideDetails: { idTokenGeneration: claims } };
  return event;
};
