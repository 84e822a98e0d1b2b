using System.Security.Cryptography;
using System.Text;
using Rotel.Exporters.Authentication;

namespace Rotel.Exporters.Tests.Authentication;

/// <summary>The worked example of AWS's documentation, and requests of its published test suite for signature version 4.</summary>
public class AwsSigV4SignerTests
{
    private static readonly DateTimeOffset Time = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);
    private static readonly AwsCredentials Example = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");

    [Theory]
    [InlineData(
        "GET", "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08", "application/x-www-form-urlencoded; charset=utf-8", "", "iam",
        "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")]
    [InlineData(
        "GET", "https://example.amazonaws.com/", null, "", "service", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData(
        "POST", "https://example.amazonaws.com/", null, "", "service", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData(
        "GET", "https://example.amazonaws.com/?Param2=value2&Param1=value1", null, "", "service",
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")]
    [InlineData(
        "POST", "https://example.amazonaws.com/", "application/x-www-form-urlencoded", "Param1=value1", "service",
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a")]
    [InlineData(
        "GET", "https://example.amazonaws.com//", null, "", "service", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    public void Authorize_PublishedRequests_HaveThePublishedSignature(
        string method, string url, string? contentType, string body, string service, string signature)
    {
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = new Uri(url).Host,
            ["x-amz-date"] = AwsSigV4Signer.DateHeader(Time),
        };
        if (contentType is not null)
            headers["content-type"] = contentType;
        var hash = AwsSigV4Signer.Hex(SHA256.HashData(Encoding.UTF8.GetBytes(body)));

        var value = AwsSigV4Signer.Authorize(method, new Uri(url), headers, hash, Example, "us-east-1", service, Time);

        Assert.Equal(
            $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/{service}/aws4_request, "
                + $"SignedHeaders={string.Join(';', headers.Keys)}, Signature={signature}",
            value);
    }

    [Theory]
    [InlineData("xray.eu-central-1.amazonaws.com", "xray", "eu-central-1")]
    [InlineData("LOGS.us-gov-west-1.amazonaws.com", "logs", "us-gov-west-1")]
    [InlineData("logs.cn-north-1.amazonaws.com.cn", "logs", "cn-north-1")]
    [InlineData("xray.us-east-1.api.aws", "xray", "us-east-1")]
    [InlineData("aps-workspaces.us-west-2.amazonaws.com", "aps", "us-west-2")]
    [InlineData("pipeline-x.us-west-2.osis.amazonaws.com", "osis", "us-west-2")]
    [InlineData("vpce-0a-1b.xray.us-east-1.vpce.amazonaws.com", "xray", "us-east-1")]
    public void Endpoint_OfAws_TellsServiceAndRegion(string host, string service, string region) =>
        Assert.Equal(new AwsEndpoint(service, region), AwsEndpoint.Of(host));

    [Theory]
    [InlineData("localhost")]
    [InlineData("otlp.example.com")]
    [InlineData("s3.amazonaws.com")]
    [InlineData("eu-central-1.amazonaws.com")]
    [InlineData("xray.eu-central-1.amazonaws.com.evil.example")]
    public void Endpoint_OfOthers_TellsNothing(string host) => Assert.Null(AwsEndpoint.Of(host));
}
