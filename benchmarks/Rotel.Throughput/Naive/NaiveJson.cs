using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Rotel.Throughput.Naive;

/// <summary>
/// JSON as Google.Protobuf reads and writes it. OTLP has ids in hexadecimal; here they are taken for base64 both ways, which is wrong and
/// costs the same.
/// </summary>
internal static class NaiveJson
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatEnumsAsIntegers(true));
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    public static bool IsJson(HttpRequest request) => request.HasJsonContentType();

    public static async Task<TRequest> ReadAsync<TRequest>(HttpRequest request, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>, new()
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        return Parser.Parse<TRequest>(await reader.ReadToEndAsync(cancellationToken));
    }

    public static byte[] Write(IMessage message) => Encoding.UTF8.GetBytes(Formatter.Format(message));
}
