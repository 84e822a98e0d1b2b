using Rotel.Exporters.Tests;
using Rotel.Kafka.Exporter;
using Rotel.Otlp;

namespace Rotel.Kafka.Connection;

/// <summary>By way of the exporter's checks, for librdkafka has the last word in them.</summary>
public sealed class KafkaSecurityValidationTests
{
    private const string Canary = "canary-7f3e91";

    [Fact]
    public void Validate_MechanismAlone_NamesWhatIsMissing()
    {
        var errors = Errors(options =>
        {
            options.Security.Protocol = KafkaSecurityProtocol.SaslSsl;
            options.Security.SaslMechanism = KafkaSaslMechanism.ScramSha512;
        });

        Assert.Collection(
            errors,
            error => Assert.StartsWith("sasl_username: is missing", error, StringComparison.Ordinal),
            error => Assert.StartsWith("sasl_password: is missing", error, StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_SaslProtocolAlone_AsksForTheMechanism() => Assert.StartsWith(
        "sasl_mechanism: is missing",
        Assert.Single(Errors(options => options.Security.Protocol = KafkaSecurityProtocol.SaslPlaintext)),
        StringComparison.Ordinal);

    [Fact]
    public void Validate_CredentialsWithoutSaslProtocol_SayTheyHaveNoEffect()
    {
        var errors = Errors(options =>
        {
            options.Security.SaslMechanism = KafkaSaslMechanism.Plain;
            (options.Security.SaslUsername, options.Security.SaslPassword) = ("rotel", Canary);
        });

        Assert.StartsWith("sasl_mechanism: has no effect", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_UserWithoutMechanism_SaysItHasNoEffect() => Assert.StartsWith(
        "sasl_username: has no effect",
        Assert.Single(Errors(options => options.Security.SaslUsername = "rotel")),
        StringComparison.Ordinal);

    [Fact]
    public void Validate_OauthBearerWithoutDelegate_SaysWhatIsMissing() => Assert.Contains(
        "OAuthBearerToken",
        Assert.Single(Errors(options =>
        {
            options.Security.Protocol = KafkaSecurityProtocol.SaslSsl;
            options.Security.SaslMechanism = KafkaSaslMechanism.OauthBearer;
        })),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(KafkaSaslMechanism.Plain)]
    [InlineData(KafkaSaslMechanism.ScramSha256)]
    [InlineData(KafkaSaslMechanism.ScramSha512)]
    public void Validate_CompleteCredentials_AreTakenByTheClient(KafkaSaslMechanism mechanism) => Assert.Empty(Errors(options =>
    {
        options.Security.Protocol = KafkaSecurityProtocol.SaslSsl;
        options.Security.SaslMechanism = mechanism;
        (options.Security.SaslUsername, options.Security.SaslPassword) = ("rotel", Canary);
    }));

    [Fact]
    public void Validate_OauthBearerWithDelegate_IsTakenByTheClientAndNotAsked()
    {
        var asked = false;

        Assert.Empty(Errors(options =>
        {
            options.Security.Protocol = KafkaSecurityProtocol.SaslPlaintext;
            options.Security.SaslMechanism = KafkaSaslMechanism.OauthBearer;
            options.Security.OAuthBearerToken = _ => throw new InvalidOperationException($"{asked = true}");
        }));
        Assert.False(asked);
    }

    [Fact]
    public void Validate_FilesWithoutTls_SayTheyHaveNoEffect() => Assert.StartsWith(
        "ssl_ca_location: has no effect",
        Assert.Single(Errors(options => options.Security.SslCaLocation = "/ca.pem")),
        StringComparison.Ordinal);

    [Fact]
    public void Validate_FilesThatAreNotThere_AreNamed()
    {
        var errors = Errors(options =>
        {
            options.Security.Protocol = KafkaSecurityProtocol.Ssl;
            options.Security.SslCaLocation = "/nowhere/ca.pem";
            options.Security.SslCertificateLocation = "/nowhere/cert.pem";
        });

        Assert.Collection(
            errors,
            error => Assert.StartsWith("ssl_key_location: is missing", error, StringComparison.Ordinal),
            error => Assert.StartsWith("ssl_ca_location: cannot read '/nowhere/ca.pem'", error, StringComparison.Ordinal),
            error => Assert.StartsWith("ssl_certificate_location: cannot read '/nowhere/cert.pem'", error, StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_FileThatIsNoCertificate_IsRefusedByTheClient()
    {
        var file = Path.GetTempFileName();
        try
        {
            var errors = Errors(options =>
            {
                options.Security.Protocol = KafkaSecurityProtocol.Ssl;
                options.Security.SslCaLocation = file;
            });

            Assert.Contains("ssl.ca.location", Assert.Single(errors), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("no.such.property", "knows no property 'no.such.property'")]
    [InlineData("dotnet.producer.foo", "knows no property 'dotnet.producer.foo'")]
    [InlineData("compression.codec", "compression.codec")]
    [InlineData("queue.buffering.max.ms", "queue.buffering.max.ms")]
    [InlineData("compression.type", "compression.codec")]
    [InlineData("sasl.mechanism", "SASL")]
    public void Validate_CustomProperty_IsRefusedWithoutItsValue(string name, string expected)
    {
        var errors = Errors(options =>
        {
            options.CustomConfig[name] = Canary;
            if (name.StartsWith("sasl", StringComparison.Ordinal))
                options.CustomConfig["security.protocol"] = "sasl_ssl";
        });

        var error = Assert.Single(errors);
        Assert.StartsWith("custom_config: ", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_SeveralUnknownProperties_AreNamedAtOnce() => Assert.Equal(3, Errors(options =>
    {
        options.CustomConfig["a.b"] = "1";
        options.CustomConfig["linger.ms"] = "7";
        options.CustomConfig["c.d"] = "1";
        options.CustomConfig["queue.buffering.max.kbytes"] = "0";
    }).Count);

    [Theory]
    [InlineData("bootstrap.servers")]
    [InlineData("enable.auto.offset.store")]
    [InlineData("group.id")]
    [InlineData("transactional.id")]
    [InlineData("delivery.report.only.error")]
    [InlineData("dotnet.producer.enable.delivery.reports")]
    [InlineData("dotnet.producer.delivery.report.fields")]
    [InlineData("dotnet.producer.enable.background.poll")]
    public void Validate_PropertyThatWouldBreakAPromise_IsRefused(string name) => Assert.Contains(
        $"'{name}'", Assert.Single(Errors(options => options.CustomConfig[name] = "1")), StringComparison.Ordinal);

    [Fact]
    public void Validate_CustomIdempotenceThatContradicts_IsSaidByTheClient() => Assert.Contains(
        "max.in.flight",
        Assert.Single(Errors(options =>
        {
            options.Idempotent = true;
            options.CustomConfig["max.in.flight"] = "10";
        })),
        StringComparison.Ordinal);

    private static List<string> Errors(Action<KafkaExporterOptions> configure)
    {
        var options = new KafkaExporterOptions();
        configure(options);
        var errors = new CollectedErrors();
        new KafkaExporterType().Validate(options, [OtlpSignal.Traces], errors);
        return errors.All;
    }
}
