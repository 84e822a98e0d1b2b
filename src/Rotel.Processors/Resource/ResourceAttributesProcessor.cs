using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Processors.Resource;

/// <summary>Sets configured attributes on every resource that passes, in wire form.</summary>
internal sealed class ResourceAttributesProcessor(IEnumerable<KeyValuePair<string, string>> attributes, BufferPool pool) : IPayloadProcessor
{
    private readonly ResourceAttributeUpsert _upsert = new(attributes);

    public OtlpPayload Process(OtlpPayload payload)
    {
        var body = payload.Body.Span;
        var length = _upsert.Measure(body);
        var buffer = pool.RentOverdraft(length);
        try
        {
            _upsert.Write(body, buffer.Span);
        }
        catch
        {
            // The payload is still the caller's; the buffer is not.
            buffer.Dispose();
            throw;
        }

        return payload.Replace(buffer, length, payload.ItemCount, payload.IsCanonical, payload.Losses);
    }
}
