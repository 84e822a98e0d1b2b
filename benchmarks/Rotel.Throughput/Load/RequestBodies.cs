using System.Buffers.Binary;
using System.IO.Compression;
using Google.Protobuf;
using Rotel.TestKit.Telemetry;

namespace Rotel.Throughput.Load;

/// <summary>
/// The distinct bodies that the load cycles through, in exactly the bytes that go on the wire: compressed where asked, behind the
/// five-byte gRPC
/// prefix where asked. Sending costs no encoding.
/// </summary>
internal sealed class RequestBodies
{
    private const int DistinctBodies = 64;

    private readonly byte[][] _bodies;

    public RequestBodies(LoadOptions options)
    {
        ItemsPerRequest = options.ItemsPerRequest;
        var load = new StandardLoad();
        _bodies = new byte[DistinctBodies][];
        for (var i = 0; i < _bodies.Length; i++)
        {
            var message = load.Next(options.Signal, options.ItemsPerRequest);
            var body = options.Encoding == BodyEncoding.Json ? JsonText.Of(message) : message.ToByteArray();
            if (options.Gzip)
                body = Gzip(body);
            _bodies[i] = options.Transport == Transport.Grpc ? Frame(body, options.Gzip) : body;
        }
    }

    public int ItemsPerRequest { get; }

    public byte[] this[long request] => _bodies[request % DistinctBodies];

    private static byte[] Gzip(byte[] body)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
            gzip.Write(body);
        return compressed.ToArray();
    }

    // One flag byte (compressed or not) and the message length, big-endian:
    // https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
    private static byte[] Frame(byte[] message, bool compressed)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }
}
