namespace Rotel.Otlp.Fields;

/// <summary>Field numbers of <c>opentelemetry/proto/resource/v1/resource.proto</c>, release 1.11.0, a class per message.</summary>
internal static class ResourceFields
{
    public static class Resource
    {
        public const int Attributes = 1;
        public const int DroppedAttributesCount = 2;
        public const int EntityRefs = 3;
    }
}
