using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Rotel.Throughput.Naive;

/// <summary>One signal's OTLP/HTTP route over the naive pipeline; gzip is undone by ASP.NET Core's request decompression before
/// it.</summary>
internal static class NaiveHttpEndpoint
{
    public static void Map<TRequest>(WebApplication application, NaiveSignal<TRequest> signal, NaivePipeline<TRequest> pipeline)
        where TRequest : class, IMessage<TRequest>, new()
    {
        application.MapPost(OtlpRoutes.HttpPath(signal.Signal), async (HttpContext context) =>
        {
            TRequest request;
            try
            {
                request = NaiveJson.IsJson(context.Request)
                    ? await NaiveJson.ReadAsync<TRequest>(context.Request, context.RequestAborted)
                    : await ReadAsync(context, signal.Parser);
            }
            catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidJsonException)
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }

            await pipeline.AcceptAsync(request, context.RequestAborted);
            context.Response.ContentType = context.Request.ContentType;
            if (NaiveJson.IsJson(context.Request))
            {
                await context.Response.WriteAsync("{}", context.RequestAborted);
                return;
            }

            context.Response.ContentLength = 0;
        });
    }

    // Decodes from the server's own buffers once the body is complete: no copy of it is made.
    private static async Task<TRequest> ReadAsync<TRequest>(HttpContext context, MessageParser<TRequest> parser)
        where TRequest : class, IMessage<TRequest>, new()
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.IsCompleted)
            {
                var request = parser.ParseFrom(read.Buffer);
                reader.AdvanceTo(read.Buffer.End);
                return request;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
