using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Rotel.Exporters.Http;

/// <summary>
/// A connection that can still be read when writing to it fails. A server that refuses a body from its headers answers, and closes before
/// the body is through; the HTTP handler would report the broken write and never look for the answer. Here the rest of such a body goes
/// nowhere, and reading tells what has become of the request: the answer, or that there is none.
/// </summary>
internal sealed class EarlyAnswerStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    private volatile bool _isClosedByPeer;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_isClosedByPeer)
            return default;
        var write = base.WriteAsync(buffer, cancellationToken);
        return write.IsCompletedSuccessfully ? write : FinishAsync(write);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FinishAsync(ValueTask write)
    {
        try
        {
            await write.ConfigureAwait(false);
        }
        catch (IOException)
        {
            _isClosedByPeer = true;
        }
    }
}
