namespace Rotel.TestKit;

/// <summary>
/// Says which row of <c>docs/otlp-conformance.md</c> a test proves. The page is made from these, and a row that no test proves fails the
/// build's tests.
/// </summary>
/// <param name="row">The row's id, such as <c>http.too_large</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class ProvesAttribute(string row) : Attribute
{
    public string Row => row;
}
