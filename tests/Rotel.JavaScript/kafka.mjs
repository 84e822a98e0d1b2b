// node kafka.mjs <host:port,…> <topic> <records>: the topic from its beginning, by a Kafka client written in JavaScript. One line of JSON
// for each record, and "done" when that many have come.
import kafkajs from 'kafkajs';
import snappy from 'kafkajs-snappy';
import lz4 from 'lz4js';
import { decompress } from 'fzstd';

const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = kafkajs;
const onlyReads = () => {
  throw new Error('This client only reads.');
};
CompressionCodecs[CompressionTypes.Snappy] = snappy;
CompressionCodecs[CompressionTypes.LZ4] = () => ({ compress: onlyReads, decompress: async bytes => Buffer.from(lz4.decompress(bytes)) });
CompressionCodecs[CompressionTypes.ZSTD] = () => ({ compress: onlyReads, decompress: async bytes => Buffer.from(decompress(bytes)) });

const [brokers, topic, count] = process.argv.slice(2);
const kafka = new Kafka({ clientId: 'rotel-tests', brokers: brokers.split(','), logLevel: logLevel.ERROR });
const consumer = kafka.consumer({ groupId: `kafkajs-${topic}`, maxWaitTimeInMs: 20, sessionTimeout: 6000 });
const base64 = bytes => (bytes === null || bytes === undefined ? null : Buffer.from(bytes).toString('base64'));
const values = header => (Array.isArray(header) ? header : [header]).map(base64);
let left = Number(count);

await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachMessage: async ({ partition, message }) => {
    const headers = Object.entries(message.headers ?? {}).flatMap(([name, header]) => values(header).map(value => [name, value]));
    console.log(
      JSON.stringify({ partition, offset: Number(message.offset), key: base64(message.key), headers, value: base64(message.value) }),
    );
    left -= 1;
    if (left === 0) {
      // Without leaving the group: the answer to that is one of the few that librdkafka's simulator gets wrong.
      process.stdout.write('done\n', () => process.exit(0));
    }
  },
});
